using System.Globalization;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>Saved states that one may go back to: those from before the trouble, and not from within an earlier one.</summary>
internal static class CheckpointChoice
{
    /// <summary>Steps of the good states before a step, newest first.</summary>
    /// <param name="run">Whose states; a foreign trainer's are known from its acknowledgements and its status.</param>
    /// <param name="since">Step at which the trouble began.</param>
    /// <param name="earlier">What was done so far.</param>
    public static IReadOnlyList<int> Good(RunDirectory run, int since, IEnumerable<Intervention> earlier)
    {
        var troubled = earlier.Where(one => one.Action != IncidentAction.Restart).Select(one => (one.Since, To: one.Until ?? one.Incident.Step)).ToList();
        return [.. Known(run).Where(step => step < since && !troubled.Exists(span => step >= span.Since && step <= span.To)).Distinct().OrderDescending()];
    }

    private static IEnumerable<int> Known(RunDirectory run)
    {
        var known = new Checkpoints(run.CheckpointsPath).Steps();
        if (known.Count > 0) return known;
        var saved = Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(ack => ack is { Command: ControlVerb.SaveCheckpoint, Status: AcknowledgementStatus.Applied }).Select(ack => ack.Step);
        return RunStatus.Load(run.StatusPath)?.LastCheckpoint is { } last && TrailingNumber(last) is { } step ? saved.Append(step) : saved;
    }

    // checkpoints/step-000120, ckpt_120.pt
    private static int? TrailingNumber(string path)
    {
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        var digits = name.Length - name.AsSpan().TrimEnd("0123456789").Length;
        return digits > 0 && int.TryParse(name.AsSpan(name.Length - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}

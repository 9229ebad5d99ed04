using System.Globalization;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>Saved states that one may go back to: those from before the trouble, and not from within an earlier one.</summary>
/// <param name="run">Whose states.</param>
internal sealed class CheckpointChoice(RunDirectory run)
{
    private const int MostNoticed = 64;

    // A foreign trainer tells only its newest state; those that it told of before are remembered while they may still be there.
    private readonly SortedSet<int> noticed = [];

    /// <summary>Looks which state a foreign trainer calls its newest.</summary>
    public void Notice()
    {
        if (RunStatus.Load(run.StatusPath)?.LastCheckpoint is not { } newest || TrailingNumber(newest) is not { } step) return;
        noticed.Add(step);
        if (noticed.Count > MostNoticed) noticed.Remove(noticed.Min);
    }

    /// <summary>Steps of the good states before a step, newest first.</summary>
    /// <param name="since">Step at which the trouble began.</param>
    /// <param name="earlier">What was done so far.</param>
    public IReadOnlyList<int> Good(int since, IEnumerable<Intervention> earlier)
    {
        var troubled = earlier.Where(one => one.Action != IncidentAction.Restart).Select(one => (one.Since, To: one.Until ?? one.Incident.Step)).ToList();
        return [.. Known().Where(step => step < since && !troubled.Exists(span => step >= span.Since && step <= span.To)).Distinct().OrderDescending()];
    }

    private IEnumerable<int> Known()
    {
        // In our layout the folder is the truth; what was pruned is gone.
        if (new Checkpoints(run.CheckpointsPath).Steps() is { Count: > 0 } ours) return ours;
        Notice();
        return Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(ack => ack is { Command: ControlVerb.SaveCheckpoint, Status: AcknowledgementStatus.Applied }).Select(ack => ack.Step).Concat(noticed);
    }

    // checkpoints/step-000120, ckpt_120.pt
    private static int? TrailingNumber(string path)
    {
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        var digits = name.Length - name.AsSpan().TrimEnd("0123456789").Length;
        return digits > 0 && int.TryParse(name.AsSpan(name.Length - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}

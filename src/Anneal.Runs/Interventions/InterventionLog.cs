using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>A run's <c>interventions.jsonl</c>: what was done to it, and the memory of whoever does it should its process die.</summary>
internal sealed class InterventionLog
{
    private readonly string path;
    private readonly List<Intervention> lines;

    /// <summary>Opens it; a line cut short by a crash is removed.</summary>
    public InterventionLog(RunDirectory run)
    {
        path = run.InterventionsPath;
        JsonLines.TruncateAfter(path, int.MaxValue);
        lines = [.. Intervention.ReadAll(path)];
    }

    /// <summary>Every line so far.</summary>
    public IReadOnlyList<Intervention> Lines => lines;

    /// <summary>The newest line; null for none.</summary>
    public Intervention? Last => lines.Count > 0 ? lines[^1] : null;

    /// <summary>Adds a line.</summary>
    public Intervention Add(Intervention line)
    {
        JsonLines.Append(path, line.ToJson());
        lines.Add(line);
        return line;
    }

    /// <summary>Each intervention at its latest turn, in order.</summary>
    public IEnumerable<Intervention> Latest() => lines.GroupBy(line => line.Id).Select(group => group.Last());

    /// <summary>
    /// Takes back what was said of steps after one on the branch that a run goes on from; what led to the branch stays, though
    /// its steps may be later ones.
    /// </summary>
    public static void TakeBackAfter(RunDirectory run, int step)
    {
        var all = Intervention.ReadAll(run.InterventionsPath);
        var branch = BranchOf(run);
        var kept = all.Where(line => line.Branch < branch || line.Step <= step).ToList();
        if (kept.Count == all.Count) return;
        AtomicFile.Write(run.InterventionsPath, [.. kept.SelectMany(line => line.ToJson().Append((byte)'\n'))]);
    }

    /// <summary>Times that a run has gone back, as its acknowledgements tell.</summary>
    public static int BranchOf(RunDirectory run) =>
        Acknowledgement.ReadAll(run.AcknowledgementsPath).Count(ack => ack.Command == ControlVerb.LoadCheckpoint && ack.Status == AcknowledgementStatus.Applied);
}

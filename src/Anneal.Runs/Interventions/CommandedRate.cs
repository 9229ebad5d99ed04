using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What repairs multiply the learning rate by, step by step on the branch that the run is on. It follows from the files alone, so
/// that a run which goes on after a crash is judged as before. A repair of the schedule is not told: it makes the rate what it
/// should be, and whether it did is for the monitor to see.
/// </summary>
/// <param name="run">Whose acknowledgements.</param>
internal sealed class CommandedRate(RunDirectory run)
{
    // Steps after which a value holds; what the trainer's scale is, and how much of it is ours to explain.
    private readonly List<(int After, double Scale, double Told)> turns = [];

    /// <summary>Factor in force at a step; 1 before any.</summary>
    public double At(int step)
    {
        for (var i = turns.Count - 1; i >= 0; i--)
            if (turns[i].After < step) return turns[i].Told;
        return 1;
    }

    /// <summary>Reads the acknowledgements again.</summary>
    /// <param name="lines">Of the intervention log: whose commands they answer.</param>
    public void Read(IReadOnlyList<Intervention> lines)
    {
        turns.Clear();
        if (lines.Count == 0) return;
        var decided = lines.SelectMany(line => line.Commands, (line, command) => (line.Incident.Cause, Command: command)).DistinctBy(one => one.Command.Uuid).ToDictionary(one => one.Command.Uuid);
        foreach (var ack in Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(ack => ack.Status == AcknowledgementStatus.Applied).DistinctBy(ack => ack.Uuid))
        {
            var isOurs = decided.TryGetValue(ack.Uuid, out var ours);
            if (Plan.IsOurs(ack.Uuid) && !isOurs) continue;
            var args = isOurs ? ours.Command.Args : ack.Args;
            if (ack.Command == ControlVerb.LoadCheckpoint && args.TryGetValue("step", out var to)) turns.RemoveAll(turn => turn.After >= to);
            if (ack.Command != ControlVerb.SetLrScale || !args.TryGetValue("value", out var scale) || !(scale > 0)) continue;
            var (_, before, told) = turns.Count > 0 ? turns[^1] : (0, 1, 1);
            turns.Add((ack.Step, scale, isOurs && ours.Cause != Cause.Schedule ? told * scale / before : told));
        }
    }
}

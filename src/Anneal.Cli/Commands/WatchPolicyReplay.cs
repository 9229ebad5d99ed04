using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Lab.Watching;
using Anneal.Runs.Protocol;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal watch --replay-policy</c>: the policy over all finished runs of a lab.</summary>
internal static class WatchPolicyReplay
{
    /// <summary>Exit code 1 where a run among the best would have been stopped.</summary>
    public static int Run(Output output, string lab, MonitorPolicy? policy, CancellationToken cancel)
    {
        var replay = PolicyReplay.Of(lab, policy, new Lines(output), cancel);
        if (output.Json) output.Document(replay.Document());
        else Print(output.Results, replay);
        return replay.Killed.Any() ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, PolicyReplay replay)
    {
        if (replay.Stops.Any())
        {
            var table = Tables.Of(["run", "#stopped at", "#of", "#rank", "detector", "what was seen"]);
            foreach (var run in replay.Stops.OrderBy(run => run.Rank == 0 ? int.MaxValue : run.Rank))
                table.AddRow(
                    Tables.Cell(run.Run.Id),
                    Tables.Cell($"{run.Stop!.Step}"),
                    Tables.Cell($"{run.Steps}"),
                    Tables.Cell(run.Rank == 0 ? "failed" : $"{run.Rank} of {run.Peers}", run.IsAmongBest ? new Style(Color.Red) : null),
                    Tables.Cell(run.Stop.Detector),
                    Tables.Cell(run.Stop.Message));
            console.Write(table);
        }
        var killed = replay.Killed.Count();
        console.WriteLine($"{Units.Plural(replay.Runs.Count, "run")} watched again{(replay.Missing > 0 ? $" ({replay.Missing} have no metrics left)" : "")}: {replay.Stops.Count()} would have been stopped, {killed} of them among the best quarter.");
        if (replay.Stops.Any())
            console.WriteLine($"Saved of what bad runs cost: {Units.Flops(replay.FlopsSaved)} of {Units.Flops(replay.FlopsOfBadRuns)}. Earliest stop: step {replay.Stops.Min(run => run.Stop!.Step)}.");
        if (killed > 0) console.WriteLine("This policy would have cost the lab good runs.");
    }
}

using Anneal.Cli.Terminal;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal watch --replay FILE</c>: the monitor over a recorded stream.</summary>
internal static class WatchReplay
{
    /// <summary>Watches a recording to its end, whatever is found in it.</summary>
    public static async Task<int> RunAsync(Output output, string recording, MonitorOptions options, bool verbose, CancellationToken cancel)
    {
        List<Incident> kept = [];
        using var lines = output.Json ? Console.OpenStandardOutput() : null;
        var report = await Replay.RunAsync(recording, options, Tell, cancel);
        if (!output.Json) ReplayTable.Print(output.Results, kept, report);
        foreach (var line in ReplayWords.Of(report, verbose)) output.Say(line);
        return ExitCode.Done;

        void Tell(Incident incident)
        {
            if (lines is null)
            {
                if (kept.Count < ReplayTable.Most) kept.Add(incident);
                return;
            }
            lines.Write([.. incident.ToJsonLine(), (byte)'\n']);
            lines.Flush();
        }
    }
}

using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary>The incidents of a replay for people.</summary>
internal static class ReplayTable
{
    /// <summary>Incidents that are shown; --json has them all.</summary>
    public const int Most = 200;

    private static readonly Style Act = new(Color.Red), Warn = new(Color.Yellow);

    /// <summary>The table and what it comes to.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<Incident> incidents, ReplayReport report)
    {
        if (incidents.Count > 0)
        {
            var table = Tables.Of(["#step", "weight", "action", "detector", "cause", "what was seen"]);
            foreach (var incident in incidents)
                table.AddRow(
                    Tables.Cell($"{incident.Step:N0}"),
                    Tables.Cell(IncidentWords.Of(incident.Severity), incident.Severity == Severity.Act ? Act : Warn),
                    Tables.Cell(IncidentWords.Of(incident.Action)),
                    Tables.Cell(incident.Detector),
                    Tables.Cell(IncidentWords.Of(incident.Cause)),
                    Tables.Cell(incident.Message));
            console.Write(table);
        }
        if (report.Incidents > incidents.Count) console.WriteLine($"The first {incidents.Count} of {report.Incidents:N0}; --json has them all.");
        console.WriteLine(Summary(incidents, report));
    }

    private static string Summary(IReadOnlyList<Incident> incidents, ReplayReport report)
    {
        var read = report.Steps == 0 ? "No training step was found" : $"{Units.Plural((int)Math.Min(int.MaxValue, report.Steps), "step")} ({report.Span.First:N0} to {report.Span.Last:N0})";
        if (report.Measurements > 0) read += $" and {Units.Plural((int)Math.Min(int.MaxValue, report.Measurements), "measurement")}";
        var acts = incidents.Count(incident => incident.Severity == Severity.Act);
        var stop = incidents.FirstOrDefault(incident => incident.Action == IncidentAction.Stop);
        return $"{read}: "
            + (report.Incidents == 0 ? "nothing to report." : $"{Units.Plural((int)Math.Min(int.MaxValue, report.Incidents), "incident")}, {acts} worth acting on.")
            + (stop is null ? "" : $" The run would have been stopped at step {stop.Step:N0}.");
    }
}

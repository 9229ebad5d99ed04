using System.Diagnostics;
using Anneal.Cli.Commands;
using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Cli.Live;

/// <summary>A watched run without a terminal: a line for what goes wrong and what is done, and one now and then about where it stands. Each has a prefix that tells it from the command's.</summary>
/// <param name="output">Where lines go.</param>
/// <param name="board">Gathers what happens.</param>
/// <param name="interval">Between lines about where the run stands; null: none.</param>
/// <param name="quiet">Leave out warnings.</param>
internal sealed class RunLines(Output output, RunBoard board, TimeSpan? interval, bool quiet) : IRunView
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last;

    public void Report(WatchEvent value)
    {
        board.Add(value);
        lock (board.Gate)
            if (Line(value) is { } line) Say(line);
            else if (value is StepHeard && _clock.Elapsed - _last > interval) Say(Standing());
    }

    public Stream Around(Stream stream, bool isTerminal) => stream;

    public void Dispose()
    {
    }

    private void Say(string line)
    {
        _last = _clock.Elapsed;
        output.Say($"anneal: {line}");
    }

    private string? Line(WatchEvent value) => value switch
    {
        CommandStarted { Attempt: > 1 } started => $"started again (attempt {started.Attempt}, process {started.Pid})",
        CommandEnded ended => ended.ExitCode == 0 ? null : $"the command {ended.Reason}",
        IncidentRaised { Incident.Detector: "exit" } => null,
        IncidentRaised { Incident: { Severity: Severity.Warn } } when quiet => null,
        IncidentRaised { Incident: var incident } => $"{IncidentWords.Of(incident.Severity)}: {incident.Message}",
        InterventionTold told => told.Message,
        OpinionGiven when !quiet => board.Words[^1],
        WatchNotice notice => notice.Text,
        _ => null,
    };

    private string Standing() =>
        $"step {board.Last!.Step}{(board.Steps > 0 ? $" of {board.Steps}" : "")}, loss {board.Last.Loss:0.000}"
        + (board.Last.GradNorm is { } norm ? $", grad norm {norm:0.###}" : "")
        + (board.Last.TokensPerSecond is { } rate ? $", {Units.Count(rate, "tokens/s")}" : "")
        + (board.SecondsLeft is { } left ? $", {Units.Duration(left)} left" : "")
        + (board.Counts is (0, 0) ? "" : $"; {Units.Plural(board.Counts.Warn + board.Counts.Act, "incident")}");
}

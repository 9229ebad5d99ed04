using System.Diagnostics;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Live;
using Anneal.Lab.Reports;

namespace Anneal.Cli.Live;

/// <summary>A running study without a terminal: a line for each event that decides something, and one every few seconds of silence.</summary>
internal sealed class PlainView : IStudyView
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private readonly Output _output;
    private readonly StudyBoard _board;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last;

    public PlainView(Output output, StudyBoard board) => (_output, _board) = (output, board);

    public void Report(StudyEvent value)
    {
        _board.Add(value);
        lock (_board.Gate)
        {
            var line = StudyWords.Of(value) ?? (_clock.Elapsed - _last > Silence ? Standing() : null);
            if (line is null)
                return;
            _last = _clock.Elapsed;
            _output.Say($"{Units.Duration(_clock.Elapsed.TotalSeconds),12}  {line}");
        }
    }

    public void Dispose()
    {
    }

    private string Standing() =>
        (_board.Flops > 0 || _board.Limits.Flops is not null ? $"{Units.Flops(_board.Flops)}{(_board.Limits.Flops is { } limit ? $" of {Units.Flops(limit)}" : "")}; " : "")
        + (_board.Asked is { } model ? $"{model} {Units.Dollars(_board.Usd)}; " : "")
        + $"{Units.Plural(_board.Finished, "run")} done; now {string.Join("; ", _board.Running.Select(run => $"{StudyWords.Role(run.Started)}, step {run.Step}{run.OfSteps}").DefaultIfEmpty("between runs"))}";
}

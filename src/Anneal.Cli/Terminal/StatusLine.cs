using System.Diagnostics;
using Anneal.Lab.Reports;
using Anneal.Lab.SingleRuns;

namespace Anneal.Cli.Terminal;

/// <summary>One line on standard error about work under way: rewritten in place on a terminal, a new line every few seconds elsewhere.</summary>
internal sealed class StatusLine(Output output) : IProgress<TrainingProgress>, IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5), Frame = TimeSpan.FromSeconds(0.1);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next;

    public void Report(TrainingProgress value) => Show(value.ToString());

    /// <summary>Shows where the work stands; too frequent calls are dropped.</summary>
    public void Show(string line)
    {
        if (_clock.Elapsed < _next)
            return;
        _next = _clock.Elapsed + (output.Moves ? Frame : Silence);
        if (output.Moves)
            Console.Error.Write($"\r\u001b[K{PlainText.Shorten(PlainText.Clean(line), Math.Max(20, output.Progress.Profile.Width - 1))}");
        else
            output.Say(line);
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (output.Moves)
            Console.Error.Write("\r\u001b[K");
    }
}

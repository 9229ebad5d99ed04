using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Live;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Anneal.Cli.Live;

/// <summary>A running study on a terminal: one calm page, redrawn twice a second, gone when the study ends.</summary>
internal sealed class TerminalView : IStudyView
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly StudyBoard _board;
    private readonly CancellationTokenSource _end = new();
    private readonly IAnsiConsole _console;
    private readonly string _name;
    private readonly Task _drawing;
    private readonly Action<string> _announce = Interrupt.Announce;
    private string _foot = "Ctrl+C stops and saves; `anneal study resume` goes on.";

    public TerminalView(IAnsiConsole console, string name, StudyBoard board)
    {
        (_console, _name, _board) = (console, name, board);
        Interrupt.Announce = line => _foot = line;
        _drawing = console.Live(Page()).AutoClear(true).Overflow(VerticalOverflow.Ellipsis).StartAsync(DrawAsync);
    }

    public void Report(StudyEvent value) => _board.Add(value);

    public void Dispose()
    {
        _end.Cancel();
        _drawing.Wait(TimeSpan.FromSeconds(2));
        _end.Dispose();
        Interrupt.Announce = _announce;
    }

    private async Task DrawAsync(LiveDisplayContext context)
    {
        while (!_end.IsCancellationRequested)
        {
            context.UpdateTarget(Page());
            await Task.Delay(Pause, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private IRenderable Page()
    {
        lock (_board.Gate)
            return StudyPage.Of(_board, _name, _foot, _console.Profile.Width);
    }
}

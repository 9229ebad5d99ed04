using Anneal.Cli.Terminal;
using Anneal.Runs.Watching;
using Spectre.Console;

namespace Anneal.Cli.Live;

/// <summary>A watched run on a terminal: what the command prints scrolls by above, the page stays below. The last page remains when the run ends.</summary>
internal sealed class RunTerminal : IRunView
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    private readonly RunBoard _board;
    private readonly string _name;
    private readonly TextWriter _screen;
    private readonly Func<int> _width;
    private readonly StringWriter _page = new();
    private readonly IAnsiConsole _console;
    private readonly ScrollingLine _above = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _drawing;
    private readonly Action<string> _announce = Interrupt.Announce;
    private string _foot;
    private int _drawn;

    /// <param name="screen">The terminal.</param>
    /// <param name="width">Its width now, in characters.</param>
    /// <param name="colours">What it can show.</param>
    /// <param name="board">Gathers what happens.</param>
    /// <param name="name">Of the run or command.</param>
    /// <param name="foot">What Ctrl+C does, where files are kept.</param>
    public RunTerminal(TextWriter screen, Func<int> width, ColorSystemSupport colours, RunBoard board, string name, string foot)
    {
        (_screen, _width, _board, _name, _foot) = (screen, width, board, name, foot);
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = colours, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_page) });
        Interrupt.Announce = line => _foot = line;
        _drawing = Task.Run(DrawAsync);
    }

    public void Report(WatchEvent value) => _board.Add(value);

    public Stream Around(Stream stream, bool isTerminal) => isTerminal ? new PassingStream(stream, Pass) : stream;

    public void Dispose()
    {
        _end.Cancel();
        _drawing.Wait(TimeSpan.FromSeconds(2));
        lock (_gate) Redraw();
        _end.Dispose();
        Interrupt.Announce = _announce;
    }

    private async Task DrawAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            lock (_gate) Redraw();
            await Task.Delay(Pause, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    // The command's bytes reach the terminal unchanged; the page makes room, and comes back with the next drawing.
    private void Pass(Action write, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Erase();
            write();
            _above.Add(bytes);
        }
    }

    private void Redraw()
    {
        Erase();
        _page.GetStringBuilder().Clear();
        _console.Profile.Width = Math.Max(40, _width());
        lock (_board.Gate) _console.Write(RunPage.Of(_board, _name, _foot, _console.Profile.Width));
        var text = _page.ToString();
        // A line that the command has not ended yet keeps its place above the page.
        _screen.Write(_above.IsOpen ? $"\n{text}" : text);
        _screen.Flush();
        _drawn = text.AsSpan().Count('\n');
    }

    private void Erase()
    {
        if (_drawn == 0) return;
        _screen.Write($"\r\u001b[{_drawn}A\u001b[J");
        if (_above.IsOpen) _screen.Write($"\u001b[{_above.Rows(_width())}A\r\u001b[J{_above.Text}");
        _screen.Flush();
        _drawn = 0;
    }
}

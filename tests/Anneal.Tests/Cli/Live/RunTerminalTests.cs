using System.Text;
using Anneal.Cli.Live;
using Anneal.Runs.Watching;
using Spectre.Console;

namespace Anneal.Tests.Cli.Live;

/// <summary>What a terminal shows after all that was written to it.</summary>
public sealed class RunTerminalTests
{
    [Fact]
    public void What_the_command_prints_scrolls_above_and_the_page_stays_below()
    {
        var screen = new Screen();
        using (var view = new RunTerminal(screen, () => 80, ColorSystemSupport.NoColors, new RunBoard(), "train", "foot"))
        {
            var stream = view.Around(screen.Bytes, isTerminal: true);
            stream.Write("first line\nsecond "u8);
            view.Report(new StepHeard(new() { Step = 7, Loss = 2 }, null));
            Thread.Sleep(500);
            stream.Write("half\n"u8);
            stream.Write("\rbar 10%"u8);
            Thread.Sleep(300);
            stream.Write("\rbar 20%"u8);
        }

        var lines = screen.Lines();
        lines[..3].ShouldBe(["first line", "second half", "bar 20%"]);
        lines[3].ShouldStartWith("train  running · step 7");
        lines[^1].ShouldBe("foot");
        lines.Count(line => line == "foot").ShouldBe(1);
    }

    [Fact]
    public void A_stream_that_ends_elsewhere_is_left_alone()
    {
        var screen = new Screen();
        using var view = new RunTerminal(screen, () => 80, ColorSystemSupport.NoColors, new RunBoard(), "train", "foot");
        using var file = new MemoryStream();

        view.Around(file, isTerminal: false).ShouldBeSameAs(file);
    }

    /// <summary>A terminal of endless height that knows line feeds, returns, up, and erase to the end.</summary>
    private sealed class Screen : TextWriter
    {
        private readonly StringBuilder written = new();

        public Screen() => Bytes = new Sink(this);

        public override Encoding Encoding => Encoding.UTF8;

        public Stream Bytes { get; }

        public override void Write(char value)
        {
            lock (written) written.Append(value);
        }

        public List<string> Lines()
        {
            var rows = new List<StringBuilder> { new() };
            var (row, column) = (0, 0);
            string text;
            lock (written) text = written.ToString();
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\n')
                {
                    (row, column) = (row + 1, 0);
                    while (rows.Count <= row) rows.Add(new());
                }
                else if (text[i] == '\r') column = 0;
                else if (text[i] == '\u001b')
                {
                    var end = text.IndexOfAny(['A', 'J', 'm'], i);
                    var count = int.TryParse(text.AsSpan(i + 2, end - i - 2), out var number) ? number : 1;
                    if (text[end] == 'A') row = Math.Max(0, row - count);
                    else if (text[end] == 'J')
                    {
                        rows[row].Length = Math.Min(rows[row].Length, column);
                        rows.RemoveRange(row + 1, rows.Count - row - 1);
                    }
                    i = end;
                }
                else
                {
                    if (rows[row].Length <= column) rows[row].Append(' ', column - rows[row].Length + 1);
                    rows[row][column++] = text[i];
                }
            }
            return [.. rows.Select(line => line.ToString().TrimEnd()).Reverse().SkipWhile(line => line.Length == 0).Reverse()];
        }

        private sealed class Sink(Screen screen) : MemoryStream
        {
            public override void Write(byte[] buffer, int offset, int count) => screen.Write(Encoding.UTF8.GetString(buffer, offset, count));
        }
    }
}

using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Cli.Commands;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Terminal;

/// <summary>Results go to standard output, all else to standard error. Colour and motion only where the stream is a terminal that wants them.</summary>
internal sealed class Output
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter _out = Console.Out, _error = Console.Error;
    private readonly Lazy<IAnsiConsole> _results, _progress;
    private readonly bool _dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
    private readonly bool _plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public Output(ParseResult call)
    {
        Json = call.GetValue(CommonOptions.Json);
        _results = new(() => Open(_out, Console.IsOutputRedirected));
        _progress = new(() => Open(_error, Console.IsErrorRedirected));
    }

    /// <summary>The result is one JSON document.</summary>
    public bool Json { get; }

    /// <summary>Standard output, for people.</summary>
    public IAnsiConsole Results => _results.Value;

    /// <summary>Standard error.</summary>
    public IAnsiConsole Progress => _progress.Value;

    /// <summary>Standard error can redraw: a terminal, not a dumb one.</summary>
    public bool Moves => !_dumb && !Console.IsErrorRedirected;

    /// <summary>Colours that standard error may show.</summary>
    public ColorSystemSupport Colours => _plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect;

    /// <summary>A plain line about what is going on. Control characters are taken out.</summary>
    public void Say(string line) => _error.WriteLine(PlainText.Clean(line));

    /// <summary>The one JSON document of the call.</summary>
    public void Document(JsonNode document) => _out.WriteLine(document.ToJsonString(Indented));

    private IAnsiConsole Open(TextWriter writer, bool redirected)
    {
        var still = redirected || _dumb;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = still ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = still || _plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
            console.Profile.Width = 160;
        return console;
    }
}

using System.CommandLine;
using Anneal.Cli.Terminal;

namespace Anneal.Cli.Live;

/// <summary>Which view a run gets: a page where standard error is a terminal that can redraw, else plain lines.</summary>
internal sealed class RunViews
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Option<bool> _plain = new("--plain") { Description = "Plain lines instead of the live page, also on a terminal." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Say only what is worth acting on." };

    /// <summary>The command with these options.</summary>
    public T On<T>(T command) where T : Command
    {
        command.Add(_plain);
        command.Add(_quiet);
        return command;
    }

    /// <summary>The page, where a call wants one and standard error can show it; else null.</summary>
    /// <param name="call">The call.</param>
    /// <param name="output">Where words go.</param>
    /// <param name="name">Of the run or command.</param>
    /// <param name="foot">What Ctrl+C does, where files are kept.</param>
    public IRunView? OpenPage(ParseResult call, Output output, string name, string foot) =>
        call.GetValue(_quiet) || call.GetValue(_plain) || !output.Moves ? null : new RunTerminal(Console.Error, () => output.Progress.Profile.Width, output.Colours, new RunBoard(), name, foot);

    /// <summary>The view that a call asks for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="output">Where words go.</param>
    /// <param name="name">Of the run or command.</param>
    /// <param name="foot">What Ctrl+C does, where files are kept.</param>
    /// <param name="steps">Steps of the whole run; 0 where unknown.</param>
    public IRunView Open(ParseResult call, Output output, string name, string foot, int steps)
    {
        var board = new RunBoard { Steps = steps };
        var quiet = call.GetValue(_quiet);
        return quiet || call.GetValue(_plain) || !output.Moves
            ? new RunLines(output, board, quiet ? null : Interval, quiet)
            : new RunTerminal(Console.Error, () => output.Progress.Profile.Width, output.Colours, board, name, foot);
    }
}

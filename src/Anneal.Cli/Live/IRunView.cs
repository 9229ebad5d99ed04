using Anneal.Runs.Watching;

namespace Anneal.Cli.Live;

/// <summary>Shows a watched run: a page on a terminal, or plain lines. Told events from several threads; disposing leaves the terminal as it was.</summary>
internal interface IRunView : IProgress<WatchEvent>, IDisposable
{
    /// <summary>The stream through which the command's output goes, so that it and the view do not write into each other.</summary>
    /// <param name="stream">Where the bytes are to end.</param>
    /// <param name="isTerminal">They end on the terminal that the view draws on.</param>
    Stream Around(Stream stream, bool isTerminal);
}

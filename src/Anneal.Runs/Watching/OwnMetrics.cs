using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>
/// The watch's writing of <c>metrics.jsonl</c>, as long as the trainer does not write there itself: whatever it adds to the file
/// wins. A disk that is full costs the record and nothing else.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="warn">Told once that it cannot be written.</param>
internal sealed class OwnMetrics(string path, Action<string> warn) : IDisposable
{
    private MetricsWriter? writer;
    private long length = LengthOf(path);
    private bool warned;

    /// <summary>Where the trainer's own lines begin, once it writes the file itself; null: it does not.</summary>
    public long? Foreign { get; private set; }

    /// <summary>Whether the file is the watch's to write: the trainer has added nothing.</summary>
    public bool IsOurs()
    {
        if (Foreign is null && LengthOf(path) > length)
        {
            Foreign = length;
            // What is still buffered was said by the trainer, too.
            writer?.Abandon();
            writer = null;
        }
        return Foreign is null;
    }

    /// <summary>Writes a step, unless the trainer does.</summary>
    public void Write(StepMetrics step)
    {
        if (!IsOurs()) return;
        Try(() =>
        {
            writer ??= new MetricsWriter(path);
            writer.Write(step);
            length = writer.Length;
        });
    }

    /// <summary>Hands what was written to the operating system, and looks whether the trainer writes.</summary>
    public void Flush()
    {
        if (!IsOurs() || writer is null) return;
        Try(() =>
        {
            writer.Flush();
            length = writer.Length;
        });
    }

    public void Dispose()
    {
        Flush();
        if (writer is { } open) Try(open.Dispose);
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            if (!warned) warn($"{Path.GetFileName(path)} cannot be written, the watch goes on without: {e.Message}");
            warned = true;
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}

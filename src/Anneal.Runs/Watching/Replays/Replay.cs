using System.Diagnostics;
using System.Threading.Channels;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching.Replays;

/// <summary>
/// The same eyes over a recorded stream. One thread reads and parses, another watches; between them a few hundred steps, so
/// that ten million lines take no more memory than ten thousand. Steps keep the numbers that the stream gave them.
/// </summary>
public static class Replay
{
    private const int Batch = 256, BatchesAhead = 8;

    /// <summary>Watches a recording to its end.</summary>
    /// <param name="path">A file, compressed or not; <c>-</c> for standard input.</param>
    /// <param name="options">What the monitor knows beforehand, and what follows from an incident.</param>
    /// <param name="tell">Told each incident as it arises.</param>
    /// <param name="cancel">Ends the replay early.</param>
    /// <exception cref="InputException">There is no such file, or it cannot be read.</exception>
    public static async Task<ReplayReport> RunAsync(string path, MonitorOptions options, Action<Incident> tell, CancellationToken cancel = default)
    {
        await using var stream = RecordedStream.Open(path);
        return await RunAsync(stream, new Monitoring.Monitor(options), tell, cancel);
    }

    /// <summary>Watches a stream to its end.</summary>
    /// <param name="stream">Lines, decompressed.</param>
    /// <param name="monitor">Fresh.</param>
    /// <param name="tell">Told each incident as it arises.</param>
    /// <param name="cancel">Ends the replay early.</param>
    internal static async Task<ReplayReport> RunAsync(Stream stream, Monitoring.Monitor monitor, Action<Incident> tell, CancellationToken cancel = default)
    {
        var clock = Stopwatch.GetTimestamp();
        var ahead = System.Threading.Channels.Channel.CreateBounded<List<Heard>>(new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(stream, ahead.Writer, cancel), CancellationToken.None);
        var watch = new ReplayWatch(monitor, tell);
        await foreach (var batch in ahead.Reader.ReadAllAsync(cancel))
            foreach (var heard in batch) watch.Take(heard);
        var report = await reading;
        return watch.Complete(report) with { Seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds };
    }

    private static async Task<ReplayReport> ReadAsync(Stream stream, ChannelWriter<List<Heard>> ahead, CancellationToken cancel)
    {
        var (lines, listener) = (new LineReader(stream), new LineListener());
        string? cutShort = null;
        try
        {
            bool more;
            do
            {
                try
                {
                    more = lines.Fill();
                }
                catch (Exception e) when (e is InvalidDataException or IOException)
                {
                    cutShort = e.Message;
                    more = false;
                }
                // What has come is passed on before anything else is waited for: the stream may be a pipe.
                while (Next(lines, listener) is { Count: > 0 } batch) await ahead.WriteAsync(batch, cancel);
            }
            while (more);
        }
        finally
        {
            ahead.Complete();
        }
        if (lines.TooLong is { } tooLong) listener.Miss(tooLong.Line, tooLong.Head);
        return new ReplayReport
        {
            Lines = lines.Line,
            NotUnderstood = listener.NotUnderstood + Math.Max(0, lines.Passed - 1),
            FirstNotUnderstood = listener.First,
            CutShort = cutShort,
        };
    }

    private static List<Heard>? Next(LineReader lines, LineListener listener)
    {
        List<Heard>? batch = null;
        while ((batch?.Count ?? 0) < Batch && lines.TryNext(out var line))
            if (listener.Hear(lines.Line, line) is { } heard) (batch ??= new(Batch)).Add(heard);
        return batch;
    }
}

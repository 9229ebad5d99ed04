using System.IO.Compression;
using System.Text;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>One recorded run, line by line as it was written.</summary>
internal sealed record RecordedStream(IReadOnlyList<StreamLine> Lines)
{
    /// <summary>Training steps alone, in the order in which they were written.</summary>
    public IReadOnlyList<StepMetrics> Steps { get; } = [.. Lines.Where(line => !line.IsMeasurement).Select(line => line.Metrics)];

    /// <summary>A file of <c>metrics.jsonl</c> lines, gzipped or not, understood as <c>anneal watch --replay</c> does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sparse">Keep only what every trainer prints: step, loss, gradient norm, learning rate, time.</param>
    public static RecordedStream Read(string path, bool sparse)
    {
        using var file = File.OpenRead(path);
        using Stream bytes = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(bytes);
        var (listener, lines) = (new LineListener(), new List<StreamLine>());
        for (var number = 1L; reader.ReadLine() is { } line; number++)
        {
            if (listener.Hear(number, Encoding.UTF8.GetBytes(line)) is not { } heard) continue;
            if (heard.Step is { } step) lines.Add(new(sparse ? Sparse(step) : step, IsMeasurement: false));
            else if (!sparse && heard.Numbers is { Count: > 0 } numbers) lines.Add(new(new() { Step = heard.At ?? 0, Loss = double.NaN, Extra = numbers }, IsMeasurement: true));
        }
        return new(lines);
    }

    private static StepMetrics Sparse(StepMetrics metrics) => new()
    {
        Step = metrics.Step,
        Loss = metrics.Loss,
        GradNorm = metrics.GradNorm,
        LearningRate = metrics.LearningRate,
        Time = metrics.Time,
    };
}

/// <summary>A training step, or numbers measured between two (<c>val/loss</c> alone; they are in <c>Extra</c>).</summary>
internal readonly record struct StreamLine(StepMetrics Metrics, bool IsMeasurement);

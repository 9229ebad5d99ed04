using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>One recorded run, line by line as it was written.</summary>
internal sealed record RecordedStream(IReadOnlyList<StreamLine> Lines)
{
    /// <summary>Training steps alone, in the order in which they were written.</summary>
    public IReadOnlyList<StepMetrics> Steps { get; } = [.. Lines.Where(line => !line.IsMeasurement).Select(line => line.Metrics)];

    /// <summary>A file of <c>metrics.jsonl</c> lines, gzipped or not. Lines that are neither a step nor a measurement are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sparse">Keep only what every trainer prints: step, loss, gradient norm, learning rate, time.</param>
    public static RecordedStream Read(string path, bool sparse)
    {
        using var file = File.OpenRead(path);
        using Stream bytes = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(bytes);
        var lines = new List<StreamLine>();
        while (reader.ReadLine() is { } line)
        {
            var json = Encoding.UTF8.GetBytes(line);
            if (MetricsReader.Parse(json) is { } metrics) lines.Add(new(sparse ? Sparse(metrics) : metrics, IsMeasurement: false));
            else if (!sparse && Measurement(json) is { } measured) lines.Add(new(measured, IsMeasurement: true));
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

    private static StepMetrics? Measurement(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var numbers = document.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number).ToDictionary(p => p.Name, p => p.Value.GetDouble());
            return numbers.Remove("step", out var step) && numbers.Count > 0 ? new() { Step = (int)step, Loss = double.NaN, Extra = numbers } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A training step, or numbers measured between two (<c>val/loss</c> alone; they are in <c>Extra</c>).</summary>
internal readonly record struct StreamLine(StepMetrics Metrics, bool IsMeasurement);

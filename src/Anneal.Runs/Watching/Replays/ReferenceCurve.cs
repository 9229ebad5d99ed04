using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching.Replays;

/// <summary>The learning curve of another run, to be held against.</summary>
public static class ReferenceCurve
{
    /// <summary>A run's curve.</summary>
    /// <param name="path">The run's folder, or its recorded stream.</param>
    /// <exception cref="InputException">There is none, or no step in it.</exception>
    public static IReadOnlyList<ReferencePoint> Load(string path)
    {
        var file = Directory.Exists(path) ? new RunDirectory(path).MetricsPath : path;
        using var stream = RecordedStream.Open(file);
        var (lines, listener, steps) = (new LineReader(stream), new LineListener(), new List<StepMetrics>());
        while (lines.Fill())
            while (lines.TryNext(out var line))
                if (listener.Hear(lines.Line, line) is { Step: { } step }) steps.Add(step);
        return LossCurve.Of(steps) is { Count: > 0 } curve ? curve : throw new InputException(path, "holds no step with a train loss; expected the folder of a run, or its metrics.jsonl");
    }
}

using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>
/// Turns what an unmodified trainer prints into steps, line by line. A trainer that counts from 0 is shifted by one; one that
/// names no step has its loss lines counted; a step that was heard before is not heard again.
/// </summary>
public sealed class TrainerOutput
{
    private int last;
    private int? shift;

    /// <summary>The step that a line reports, or null.</summary>
    /// <param name="numbers">From <see cref="MetricLine.Parse"/>.</param>
    /// <param name="seconds">Since the run began, by the watcher's clock.</param>
    public StepMetrics? Hear(IReadOnlyList<NamedNumber> numbers, double seconds)
    {
        if (numbers.Count == 0) return null;
        var named = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var number in numbers) named.TryAdd(MetricNames.Canonical(number.Name), number.Value);
        if (!named.Remove(MetricNames.Loss, out var loss) || Number(named) is not { } step || step <= last) return null;
        last = step;
        return new StepMetrics
        {
            Step = step,
            Loss = loss,
            Time = seconds,
            Tokens = Take("train/tokens") is { } tokens and >= 0 and < long.MaxValue ? (long)tokens : null,
            LearningRate = Take("train/lr"),
            GradNorm = Take("train/grad_norm"),
            StepSeconds = Take("perf/step_seconds"),
            TokensPerSecond = Take("perf/tokens_per_second"),
            Extra = named,
        };

        double? Take(string name) => named.Remove(name, out var value) ? value : null;
    }

    // A step beyond any run, or a broken one, is no step.
    private int? Number(Dictionary<string, double> named)
    {
        if (!named.Remove(MetricNames.Step, out var step)) return last + 1;
        if (step != Math.Floor(step) || step is < 0 or > int.MaxValue - 1) return null;
        shift ??= step == 0 ? 1 : 0;
        return (int)step + shift;
    }
}

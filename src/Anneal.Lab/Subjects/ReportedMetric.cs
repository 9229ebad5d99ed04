using Anneal.Runs.Watching;

namespace Anneal.Lab.Subjects;

/// <summary>
/// Reads the subject's own number from its output, as sceptically as reading allows: one value, finite, possible, said at the
/// end, by a command that then ended by itself. What passes is still the subject's word: <c>self_reported</c>.
/// </summary>
/// <param name="subject">Names the metric.</param>
internal sealed class ReportedMetric(SubjectSpec subject)
{
    // A clock may be read before the lab's started, and rounded.
    private const double ClockSlack = 2;

    private static readonly string[] positive = ["bpb", "bpc", "loss", "ppl", "perplexity", "nll"];
    private static readonly string[] clocks = ["training_seconds", "total_seconds"];

    private readonly List<(double Value, string Line)> values = [];
    private readonly Dictionary<string, double> summary = new(StringComparer.Ordinal);
    private int stepsAfter;
    private string? late;

    /// <summary>Every number that stood alone on its line, by name; the last wins: <c>peak_vram_mb</c>, <c>num_steps</c>.</summary>
    public IReadOnlyDictionary<string, double> Summary => summary;

    /// <summary>Takes in a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="numbers">From <see cref="MetricLine.Parse"/>.</param>
    /// <param name="ended">The run had been told to end when the line came.</param>
    public void Hear(string line, IReadOnlyList<NamedNumber> numbers, bool ended)
    {
        var isStep = numbers.Any(number => number.Name != subject.Metric && MetricNames.Canonical(number.Name) is MetricNames.Step or MetricNames.Loss);
        if (isStep)
        {
            if (values.Count > 0) stepsAfter++;
            return;
        }
        if (numbers.Count == 1) summary[numbers[0].Name] = numbers[0].Value;
        foreach (var number in numbers.Where(number => number.Name == subject.Metric))
            if (ended) late ??= line;
            else values.Add((number.Value, line));
    }

    /// <summary>The value, once the command has ended by itself; null where there is none or it cannot be believed.</summary>
    public double? Value => values.Count == 0 ? null : values[^1].Value;

    /// <summary>What is wrong with the value, or null. A missing one is not wrong.</summary>
    /// <param name="seconds">How long the command took by the lab's clock.</param>
    /// <param name="leastSeconds">A tenth of the baseline's time; nobody is honestly quicker within one budget. 0: not known.</param>
    public SubjectFlaw? Flaw(double seconds, double leastSeconds)
    {
        if (late is not null) return new("metric_after_the_end", $"printed `{Excerpt(late)}` after it was told to end");
        if (values.Count == 0) return null;
        var (value, line) = values[^1];
        if (values.FirstOrDefault(other => other.Value != value && !(double.IsNaN(other.Value) && double.IsNaN(value))) is { Line: not null } other)
            return new("metric_contradicts_itself", $"printed `{Excerpt(other.Line)}` and `{Excerpt(line)}`");
        if (!double.IsFinite(value)) return new("metric_not_finite", $"printed `{Excerpt(line)}`");
        if (value <= 0 && positive.Any(word => subject.Metric.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return new("metric_impossible", $"printed `{Excerpt(line)}`, and {subject.Metric} is above zero by its nature");
        if (stepsAfter > 0) return new("metric_before_the_end", $"printed `{Excerpt(line)}` and then went on training for {stepsAfter} lines");
        foreach (var clock in clocks)
            if (summary.TryGetValue(clock, out var claimed) && claimed > seconds + ClockSlack)
                return new("clock_contradicts", $"claims {clock} of {claimed:0.0}, and it took {seconds:0.0} s by the lab's clock");
        return seconds < leastSeconds ? new("too_quick", $"took {seconds:0.0} s, less than a tenth of what the baseline takes ({10 * leastSeconds:0.0} s)") : null;
    }

    private static string Excerpt(string line) => line.Length <= 120 ? line.Trim() : line[..120].Trim() + "…";
}

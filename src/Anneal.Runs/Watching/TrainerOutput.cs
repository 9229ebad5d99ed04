using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>
/// Turns what an unmodified trainer prints into steps, line by line. A trainer that counts from 0 is shifted by one; one that
/// names no step has its loss lines counted, along its progress bar where it draws one; a step that was heard before is not
/// heard again. Numbers that come on lines before the loss of their step are kept for it.
/// </summary>
public sealed class TrainerOutput
{
    private readonly StepGate order = new();
    private readonly Dictionary<string, double> pending = new(StringComparer.Ordinal);
    private int? shift, rank, firstEpoch;

    // The training's bar: where it stands over all passes, its total, and that of any bar heard last.
    private int? bar, barTotal, lastTotal;
    private int barDone, passes;

    // Lines in a row that are pairs of means.
    private int pairsAlone;

    /// <summary>Steps of the whole run, as the trainer says; 0 where it does not.</summary>
    public int Length { get; private set; }

    /// <summary>Last step heard; 0 before the first.</summary>
    public int Last => order.Last;

    /// <summary>The trainer was started again, and may say steps that it said before.</summary>
    public void Restarted()
    {
        order.Restarted();
        pending.Clear();
        bar = null;
    }

    /// <summary>What a line reports, or null.</summary>
    /// <param name="numbers">From <see cref="MetricLine.Parse"/>.</param>
    /// <param name="seconds">Since the run began, by the watcher's clock.</param>
    public HeardOutput? Hear(IReadOnlyList<NamedNumber> numbers, double seconds)
    {
        if (numbers.Count == 0) return null;
        var named = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var number in numbers) named.TryAdd(MetricNames.Canonical(number.Name), number.Value);
        if (named.ContainsKey(MetricNames.Summary) || !IsOurRank(named)) return null;
        Measure(named);
        var hasLoss = named.ContainsKey(MetricNames.Loss);
        if (hasLoss && IsPair(numbers, named))
        {
            // nanoGPT's evaluation: means over both splits, beside the steps.
            if (pairsAlone++ == 0) return Measured(named);
        }
        else if (hasLoss) pairsAlone = 0;
        if (hasLoss || HidesLoss(named)) return Step(named, seconds);
        if (named.Keys.Any(IsHeld)) return Measured(named);
        Keep(named);
        return null;
    }

    /// <summary>A step that the trainer writes down itself counts if it is new.</summary>
    /// <param name="step">From its own <c>metrics.jsonl</c>.</param>
    internal bool Take(StepMetrics step) => order.Take(step.Step, step.Loss);

    private HeardStep? Step(Dictionary<string, double> named, double seconds)
    {
        // What an earlier line said of the same step, or of the step that this line does not name.
        if (pending.TryGetValue(MetricNames.Step, out var announced) && (!named.TryGetValue(MetricNames.Step, out var own) || own == announced))
            foreach (var (name, value) in pending) named.TryAdd(name, value);
        pending.Clear();
        var loss = named.Remove(MetricNames.Loss, out var said) ? said : double.NaN;
        if (Number(named) is not { } step || !order.Take(step, loss)) return null;
        return new(new StepMetrics
        {
            Step = step,
            Loss = loss,
            Time = seconds,
            Tokens = Take(MetricNames.Tokens) is { } tokens and >= 0 and < long.MaxValue ? (long)tokens : null,
            LearningRate = Take(MetricNames.LearningRate),
            GradNorm = Take(MetricNames.GradNorm),
            Nonfinite = Take(MetricNames.Nonfinite) is { } broken ? broken != 0 : null,
            StepSeconds = Take(MetricNames.StepSeconds),
            TokensPerSecond = Take(MetricNames.TokensPerSecond),
            RssMb = Take(MetricNames.RssMb),
            Extra = named,
        });

        double? Take(string name) => named.Remove(name, out var value) ? value : null;
    }

    private HeardMeasurement? Measured(Dictionary<string, double> named)
    {
        var step = named.TryGetValue(MetricNames.Step, out var said) && AsStep(said) is { } whole ? whole : order.Last;
        var held = named.Where(pair => IsHeld(pair.Key)).ToDictionary(StringComparer.Ordinal);
        return held.Count == 0 ? null : new(step, held);
    }

    private static bool IsHeld(string name) => name.StartsWith("val/", StringComparison.Ordinal) || name.StartsWith("sample/", StringComparison.Ordinal);

    // `train loss` and `val loss`, and nothing else that a training step has.
    private static bool IsPair(IReadOnlyList<NamedNumber> numbers, Dictionary<string, double> named) =>
        named.ContainsKey(MetricNames.ValLoss) && numbers.Any(number => number.Name.StartsWith("train", StringComparison.OrdinalIgnoreCase) && MetricNames.Canonical(number.Name) == MetricNames.Loss) && !named.ContainsKey(MetricNames.LearningRate) && !named.ContainsKey(MetricNames.GradNorm) && !named.ContainsKey(MetricNames.StepSeconds) && !named.ContainsKey(MetricNames.Bar);

    // Megatron-LM leaves a loss out that is not finite: the line then has a step and a gradient norm of NaN, or counts it.
    private static bool HidesLoss(Dictionary<string, double> named) =>
        named.ContainsKey(MetricNames.Step) && ((named.TryGetValue(MetricNames.GradNorm, out var norm) && !double.IsFinite(norm)) || (named.TryGetValue(MetricNames.Nonfinite, out var count) && count > 0));

    private bool IsOurRank(Dictionary<string, double> named)
    {
        if (!named.Remove(MetricNames.Rank, out var said) || said is not (>= 0 and < int.MaxValue)) return true;
        if (named.ContainsKey(MetricNames.Loss)) rank ??= (int)said;
        return rank is null || rank == (int)said;
    }

    // Length and bars, which are about the run and no step's numbers.
    private void Measure(Dictionary<string, double> named)
    {
        if (named.Remove(MetricNames.Steps, out var total) && total is >= 1 and <= int.MaxValue && total == Math.Floor(total)) Length = (int)total;
        if (!named.TryGetValue(MetricNames.Bar, out var done) || !named.Remove(MetricNames.BarTotal, out var of)) return;
        var hasEpoch = named.Remove(MetricNames.BarEpoch, out var epoch);
        // A bar within the bar, as of an evaluation, counts something else.
        if (!hasEpoch && barTotal is { } main && main != (int)of) return;
        if (hasEpoch) passes = (int)epoch - (firstEpoch ??= (int)epoch);
        else if (done < barDone && barDone == barTotal) passes++;
        (barDone, lastTotal) = ((int)done, (int)of);
        bar = passes * (int)of + (int)done;
        if (!named.ContainsKey(MetricNames.Loss)) return;
        barTotal ??= (int)of;
        Length = hasEpoch || passes > 0 ? 0 : (int)of;
    }

    private void Keep(Dictionary<string, double> named)
    {
        named.Remove(MetricNames.Bar);
        if (named.TryGetValue(MetricNames.Step, out var step))
        {
            if (AsStep(step) is null) return;
            if (!pending.TryGetValue(MetricNames.Step, out var before) || before != step) pending.Clear();
        }
        else if (!pending.ContainsKey(MetricNames.Step)) return;
        foreach (var (name, value) in named) pending.TryAdd(name, value);
    }

    // A step beyond any run, or a broken one, is no step.
    private int? Number(Dictionary<string, double> named)
    {
        var drawn = named.Remove(MetricNames.Bar);
        if (named.Remove(MetricNames.Step, out var step))
        {
            if (AsStep(step) is not { } whole) return null;
            shift ??= whole == 0 ? 1 : 0;
            return whole + shift;
        }
        if (drawn) return bar > 0 ? bar : null;
        if (barTotal is null && lastTotal is { } total) Length = (barTotal = total).Value;
        return Math.Max(order.Last + 1, bar ?? 0);
    }

    private static int? AsStep(double step) => step == Math.Floor(step) && step is >= 0 and <= int.MaxValue - 1 ? (int)step : null;
}

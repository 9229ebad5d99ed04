using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// A statistic of one part of the model leaps between two readings, further than it ever does, and stays. Which statistic, and what
/// that means, says the rule.
/// </summary>
/// <param name="blocks">The run's block statistics.</param>
/// <param name="rule">Which statistic, and when it is news.</param>
internal sealed class BlockLeapDetector(BlockReadings blocks, BlockLeapRule rule) : IDetector
{
    private const int Settled = 6, Memory = 24, MostCompared = 256;
    private const double AtOnceSigmas = 8, StaysSigmas = 5, Smallest = 1e-12;

    private readonly List<Leap> leaps = [];
    private readonly Alarm alarm = new(4);

    public Symptom? Observe(Vitals vitals)
    {
        var readings = blocks.Fresh(vitals, rule.Statistic);
        if (readings.Length == 0) return null;
        while (leaps.Count < readings.Length) leaps.Add(new(StaysSigmas, rule.Warn, Settled, Memory));
        if (rule.AgainstOthers && readings.Length < 3) return null;
        var common = rule.AgainstOthers ? Median(readings) : 0;

        BlockReading? worst = null;
        foreach (var reading in readings)
        {
            if (!blocks.IsFresh(reading) || !double.IsFinite(reading.Value)) continue;
            // A gradient of exactly zero is the frozen block's.
            if (rule.AgainstOthers && reading.Value <= 0) continue;
            var leap = leaps[reading.Index];
            if (!leap.Add(Scaled(reading.Value) - common) || (rule.OnlyUp && leap.Size < 0) || reading.Value < rule.LeastValue) continue;
            if (leap.Pending == 1 && Math.Abs(leap.Sigmas) < AtOnceSigmas) continue;
            if (worst is null || Math.Abs(leap.Size) > Math.Abs(leaps[worst.Index].Size)) worst = reading;
        }
        if (worst is not null) return Judge(vitals.Metrics.Step, worst, leaps[worst.Index], common);
        alarm.Rest();
        return null;
    }

    private Symptom? Judge(int step, BlockReading reading, Leap leap, double common)
    {
        var severity = leap.Pending >= 2 && Math.Abs(leap.Size) >= rule.Act && reading.Value >= 3 * rule.LeastValue ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        var expected = rule.Logarithmic ? Math.Exp(leap.Level + common) : leap.Level;
        var name = reading.Name.Length > 0 ? $" of {Clean(reading.Name)}" : "";
        return new Symptom
        {
            Detector = rule.Detector,
            Severity = severity,
            Cause = rule.Cause,
            Confidence = severity == Severity.Act ? 0.98 : 0.9,
            Directness = 2,
            Since = leap.Pending == 1 ? reading.StepBefore + 1 : null,
            Message = $"The {rule.Signal}{name} is {reading.Value:G3} at step {step}, where {expected:G3} was usual ({Math.Abs(leap.Sigmas):F0} deviations): {rule.Meaning}.",
            Evidence = new Dictionary<string, double> { ["value"] = reading.Value, ["expected"] = expected, ["sigma"] = leap.Sigmas, ["readings"] = leap.Pending },
        };
    }

    private double Median(ReadOnlySpan<BlockReading> readings)
    {
        Span<double> values = stackalloc double[Math.Min(readings.Length, MostCompared)];
        var count = 0;
        foreach (var reading in readings)
            if (count < values.Length && reading.Value > 0 && double.IsFinite(reading.Value)) values[count++] = Scaled(reading.Value);
        if (count == 0) return 0;
        values = values[..count];
        values.Sort();
        return (values[count / 2] + values[(count - 1) / 2]) / 2;
    }

    private double Scaled(double value) => rule.Logarithmic ? Math.Log(Math.Max(Math.Abs(value), Smallest)) : value;

    // Names come from outside.
    private static string Clean(string name) => new([.. name.Take(60).Select(c => char.IsControl(c) ? '?' : c)]);
}

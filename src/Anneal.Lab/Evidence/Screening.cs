using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Evidence;

/// <summary>Champion and change at one screening rung: same seed, same data order, a complete rescaled schedule.</summary>
/// <param name="Fraction">Of the full budget, 0 to 1.</param>
/// <param name="Control">Champion's objective; null if its run failed.</param>
/// <param name="Treatment">Changed recipe's objective; null if its run failed.</param>
public readonly record struct RungResult(double Fraction, double? Control, double? Treatment);

/// <summary>What screening knows besides the rungs.</summary>
public sealed record ScreeningSpec
{
    /// <summary>The study's rungs, rising fractions of the full budget.</summary>
    public required IReadOnlyList<double> Rungs { get; init; }

    /// <summary>Standard deviation of a null pair's difference at the full budget; must be positive.</summary>
    public required double NoiseSd { get; init; }

    /// <summary>Smallest effect worth having, in units of the objective.</summary>
    public double MinEffect { get; init; }

    /// <summary>The researcher's belief before the first rung.</summary>
    public Prediction Predicted { get; init; }
}

/// <summary>
/// Decides after each rung whether a change goes to confirmation, to the next rung, or nowhere. It selects only: none of
/// its runs counts as evidence.
/// </summary>
/// <remarks>
/// Both arms are taken to follow power laws in compute, so the log of their ratio is a straight line in log compute. Its
/// value at the full budget and its slope are estimated by Bayesian regression: the value shrinks towards the prediction,
/// the slope towards zero; noise comes from the null pairs and grows on short rungs.
/// </remarks>
public static class Screening
{
    /// <summary>Below this chance of a useful effect a rung stops the change.</summary>
    internal const double StopBelow = 0.20;

    /// <summary>Below this chance the last rung stops it.</summary>
    internal const double LastStopBelow = 0.40;

    /// <summary>Above this chance it skips the remaining rungs: a rung costs about a full run, a confirmation in vain about five.</summary>
    internal const double PromoteAbove = 0.85;

    /// <summary>Sd of the slope per doubling of compute, as a share of the effect seen; random recipes show about this much.</summary>
    internal const double SlopeShare = 0.35;

    /// <summary>Noise at fraction r is NoiseSd * r^-NoiseGrowth.</summary>
    internal const double NoiseGrowth = 0.35;

    /// <summary>Effects below this many null sds are seldom confirmed within the pairs allowed: not worth the compute.</summary>
    internal const double Confirmable = 1.25;

    /// <summary>Sd of the prior on the effect is at least this many null sds: predictions may be wrong.</summary>
    internal const double LeastPriorSd = 2;

    /// <summary>Judges the rungs seen so far.</summary>
    /// <param name="seen">In rising order of fraction; at least one.</param>
    /// <param name="spec">Rungs, noise, minimum effect, prediction.</param>
    public static ScreenRecord Judge(IReadOnlyList<RungResult> seen, ScreeningSpec spec)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seen.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(spec.NoiseSd);
        var last = seen[^1];
        if (last.Treatment is null) return Record(last, 0, 0, "stop", "The changed run failed.");
        if (last.Control is null) return Record(last, 0, 0, "stop", "The champion's run failed: no fair comparison.");

        var (effect, sd) = Extrapolate(seen, spec);
        double useful = Math.Max(spec.MinEffect, Confirmable * spec.NoiseSd);
        double chance = Normal.Cdf((effect - useful) / sd);
        bool final = last.Fraction >= spec.Rungs[^1];
        string decision = chance >= PromoteAbove || (final && chance >= LastStopBelow) ? "promote"
            : final || chance < StopBelow ? "stop"
            : "next";
        return Record(last, effect, sd, decision, $"{chance:P0} chance that the full budget gives {useful:G3} or more (expected {effect:G3} ± {sd:G2}).");
    }

    /// <summary>Sd of a null pair's difference on a rung, from that at the full budget.</summary>
    internal static double NoiseAt(double fraction, double noiseSd) => noiseSd * Math.Pow(fraction, -NoiseGrowth);

    /// <summary>Expected effect at the full budget and its sd, in units of the objective.</summary>
    internal static (double Effect, double Sd) Extrapolate(IReadOnlyList<RungResult> seen, ScreeningSpec spec)
    {
        var usable = seen.Where(r => r.Control > 0 && r.Treatment > 0).ToArray();
        double scale = ControlAtFull(usable);
        double seenRatio = usable.Max(r => Math.Abs(Math.Log(r.Control!.Value / r.Treatment!.Value)));
        double noiseRatio = spec.NoiseSd / scale;
        // No prior may be narrower than what was seen, or a surprise would be put down to the slope.
        double priorSd = Math.Max(Math.Max(spec.Predicted.Sd / scale, LeastPriorSd * noiseRatio), seenRatio);
        double slopeSd = SlopeShare * Math.Max(seenRatio, noiseRatio);

        // Normal equations of (value at full, slope per halving) with their priors: [a b; b c] x = [u v].
        double a = 1 / (priorSd * priorSd), u = spec.Predicted.Mean / scale * a;
        double b = 0, c = 1 / (slopeSd * slopeSd), v = 0;
        foreach (var rung in usable)
        {
            double y = Math.Log(rung.Control!.Value / rung.Treatment!.Value), halvings = -Math.Log2(rung.Fraction);
            double noise = NoiseAt(rung.Fraction, spec.NoiseSd) / scale, w = 1 / (noise * noise);
            a += w;
            b += w * halvings;
            c += w * halvings * halvings;
            u += w * y;
            v += w * y * halvings;
        }

        double determinant = a * c - b * b, value = (c * u - b * v) / determinant;
        return (scale * (1 - Math.Exp(-value)), scale * Math.Sqrt(c / determinant));
    }

    /// <summary>Champion's objective at the full budget: power law through its last two rungs, else the last rung.</summary>
    private static double ControlAtFull(RungResult[] rungs)
    {
        double last = rungs[^1].Control!.Value;
        if (rungs.Length < 2 || rungs[^1].Fraction >= 1) return last;
        double before = rungs[^2].Control!.Value, span = Math.Log(rungs[^1].Fraction / rungs[^2].Fraction);
        double slope = Math.Min(0, Math.Log(last / before) / span);
        return last * Math.Exp(slope * -Math.Log(rungs[^1].Fraction));
    }

    private static ScreenRecord Record(RungResult rung, double effect, double sd, string decision, string reason) =>
        new(rung.Fraction, rung.Control, rung.Treatment, effect, sd, decision, reason);
}

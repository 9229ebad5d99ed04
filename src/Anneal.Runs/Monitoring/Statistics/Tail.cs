namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>Shape that the far noise of a signal is taken to have.</summary>
internal enum TailKind
{
    /// <summary>Falls like a power, as Student's t: sizes that a batch of odd text may reach.</summary>
    Power,

    /// <summary>Falls like an exponential: the logarithm of what falls like a power.</summary>
    Exponential,
}

/// <summary>
/// How heavy one tail of a signal's noise is, learnt from what lies beyond two sigmas, with a prior in place of what was not heard
/// yet. It turns a size in sigmas into the standard normal deviate that is as unlikely.
/// </summary>
/// <param name="kind">Shape.</param>
internal struct Tail(TailKind kind)
{
    // A value beyond six sigmas counts as six: one fault must not make the run's noise look like Cauchy's.
    private const double Beyond = 2, Most = 6, ShareBeyond = 0.0228;
    // Prior: ten values. Memory: about the last 60 values beyond.
    private const double PriorCount = 10, Memory = 60;
    // Hill: mean of ln(t / 2) beyond 2 robust sigmas is 0.16 + 0.69 / degrees for Student's t, by simulation within 3% from 3 degrees up.
    private const double HillOfNormal = 0.16, HillOfDegrees = 0.69, LeastDegrees = 3.5, MostDegrees = 60, PriorDegrees = 20;
    // Mean excess over 2 sigmas: 0.373 for a normal.
    private const double LeastExcess = 0.373, PriorExcess = 0.45;

    private double count = PriorCount;
    private double mean = kind == TailKind.Power ? HillOfNormal + (HillOfDegrees / PriorDegrees) : PriorExcess;

    /// <summary>Takes in a value of this side.</summary>
    /// <param name="size">In sigmas, positive.</param>
    public void Learn(double size)
    {
        if (size <= Beyond) return;
        size = Math.Min(size, Most);
        count = Math.Min(count + 1, Memory);
        mean += ((kind == TailKind.Power ? Math.Log(size / Beyond) : size - Beyond) - mean) / count;
    }

    /// <summary>The standard normal deviate as unlikely as this size.</summary>
    /// <param name="size">In sigmas, positive.</param>
    /// <param name="terms">Of how many innovations it is the sum, divided by the root of their number: sums have lighter tails.</param>
    /// <param name="heard">Innovations from which sigma is known; with few the tail is taken to be heavier.</param>
    public readonly double Deviate(double size, int terms, int heard)
    {
        var known = Math.Max(2, heard / 3.0);
        if (kind == TailKind.Power)
        {
            var degrees = Math.Min(known, terms * Math.Clamp(HillOfDegrees / Math.Max(mean - HillOfNormal, 1e-3), LeastDegrees, MostDegrees));
            // Wallace's approximation.
            return Math.Sqrt(degrees * Math.Log(1 + (size * size / degrees))) * ((8 * degrees) + 1) / ((8 * degrees) + 3);
        }
        if (size <= Beyond) return size;
        var excess = Math.Max(LeastExcess, mean / Math.Sqrt(terms)) + (0.5 / known);
        // Minus the logarithm of the chance, and the deviate with that chance by the leading terms of the normal's tail.
        var rarity = ((size - Beyond) / excess) - Math.Log(ShareBeyond);
        return Math.Max(Beyond, Math.Sqrt((2 * rarity) - Math.Log(2 * rarity) - Math.Log(2 * Math.PI)));
    }
}

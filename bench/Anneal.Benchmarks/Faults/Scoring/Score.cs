namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>
/// A contender over a set of streams. Raw recall flatters whoever fires often, so that the figure to compare is the excess: each
/// faulted run is set beside its clean twin, both heard from the injection step on.
/// </summary>
/// <param name="Contender">Its name.</param>
/// <param name="Faults">Faulted runs.</param>
/// <param name="Healthy">Clean runs, decoys, and every faulted run before its injection.</param>
internal sealed record Score(string Contender, IReadOnlyList<FaultOutcome> Faults, IReadOnlyList<HealthyOutcome> Healthy)
{
    /// <summary>Runs whose final loss the fault really made worse.</summary>
    public IReadOnlyList<FaultOutcome> Harmed { get; } = [.. Faults.Where(fault => fault.Entry.Harmed)];

    /// <summary>Warnings per 1,000 healthy steps.</summary>
    public double WarnsPerThousand => 1000.0 * Healthy.Sum(run => run.Warns) / HealthySteps;

    /// <summary>Acts per 1,000 healthy steps.</summary>
    public double ActsPerThousand => 1000.0 * Healthy.Sum(run => run.Acts) / HealthySteps;

    public int HealthySteps => Healthy.Sum(run => run.Steps);

    /// <summary>Clean runs and decoys that were ended.</summary>
    public int Killed => Healthy.Count(run => run.Entry.Kind != StreamKind.Fault && run.Killed);

    /// <summary>Share of the steps after the injection of harmed runs that a stop, or without one an act, made unnecessary. 0 to 1.</summary>
    public double ComputeSaved => (double)Harmed.Sum(fault => fault.StepsSaved) / Harmed.Sum(fault => fault.StepsAfter);

    /// <summary>Of the faulted runs in which it speaks, the share whose cause the first alarm names. 0 to 1.</summary>
    public double FirstCauseRight => Share(Heard, fault => fault.IsRight(fault.FirstCause));

    /// <summary>The same for the last alarm of the first episode.</summary>
    public double LastCauseRight => Share(Heard, fault => fault.IsRight(fault.LastCause));

    private IReadOnlyList<FaultOutcome> Heard => [.. Faults.Where(fault => double.IsFinite(fault.Any))];

    /// <summary>The part of the score on some faults; healthy steps stay.</summary>
    public Score On(Func<StreamEntry, bool> which) => this with { Faults = [.. Faults.Where(fault => which(fault.Entry))] };

    /// <summary>
    /// Share of faulted runs in which it fires sooner than on the clean twin minus the share in which it fires later. On either stream
    /// the time counts from the injection step to the first alarm at or after it, and a miss is infinite; equal times, two misses
    /// among them, count for neither side. A detector that fires at random comes to 0, one that always fires at the injection and
    /// never on the twin to 1. Runs without a twin are left out. -1 to 1; NaN over no runs.
    /// </summary>
    /// <param name="faults">Runs.</param>
    /// <param name="act">Hear acts alone.</param>
    public static double Excess(IEnumerable<FaultOutcome> faults, bool act)
    {
        var signs = faults.Where(fault => !double.IsNaN(fault.TwinAny)).Select(fault => act ? fault.TwinAct.CompareTo(fault.Act) : fault.TwinAny.CompareTo(fault.Any)).ToList();
        return signs.Count == 0 ? double.NaN : signs.Average(Math.Sign);
    }

    /// <summary>Share of runs with an alarm at or after the injection. 0 to 1.</summary>
    public static double Recall(IReadOnlyList<FaultOutcome> faults, bool act) => Share(faults, fault => double.IsFinite(act ? fault.Act : fault.Any));

    /// <summary>Quantile of the latency to the first alarm of either severity, nearest rank, a miss infinite. Steps.</summary>
    public static double Latency(IEnumerable<FaultOutcome> faults, double quantile)
    {
        var sorted = faults.Select(fault => fault.Any).Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Count) - 1)];
    }

    private static double Share(IReadOnlyList<FaultOutcome> faults, Func<FaultOutcome, bool> which) => faults.Count == 0 ? double.NaN : (double)faults.Count(which) / faults.Count;
}

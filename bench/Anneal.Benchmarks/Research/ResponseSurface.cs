using Anneal.Lab.Research.Search;

namespace Anneal.Benchmarks.Research;

/// <summary>Log bits per byte over the knobs at both budgets, where training fails, and how noisy a run is; all from real runs.</summary>
internal sealed class ResponseSurface
{
    private const int Voters = 5;

    private readonly KnobSpace space = SurfaceKnobs.Space;
    private readonly Ridge low;
    private readonly Ridge high;
    private readonly (double[] Point, bool Failed)[] attempts;

    public ResponseSurface(IReadOnlyList<SurfaceRow> rows)
    {
        attempts = [.. rows.Where(r => r.Repeats is null).Select(r => (r.Point, r.Low is null || r.High is null))];
        var good = rows.Where(r => r is { Low: not null, High: not null }).ToArray();
        double[][] points = [.. good.Select(r => r.Point)];
        (low, LowR2) = Ridge.Fit(space, points, [.. good.Select(r => Math.Log(r.Low!.Value))]);
        (high, HighR2) = Ridge.Fit(space, points, [.. good.Select(r => Math.Log(r.High!.Value))]);
        // Repeats against one another: against the run that was chosen for being good they would look worse than they are.
        var twins = good.Where(r => r.Repeats is not null).GroupBy(r => r.Repeats).Where(g => g.Count() > 1).Select(g => (First: g.First(), Again: g.Last())).ToArray();
        LowSd = Math.Sqrt(twins.Average(t => Math.Pow(Math.Log(t.Again.Low!.Value / t.First.Low!.Value), 2)) / 2);
        HighSd = Math.Sqrt(twins.Average(t => Math.Pow(Math.Log(t.Again.High!.Value / t.First.High!.Value), 2)) / 2);
        FailureShare = attempts.Count(a => a.Failed) / (double)attempts.Length;
    }

    public double LowR2 { get; }

    public double HighR2 { get; }

    /// <summary>Sd of one run's log bits per byte at the short rung, over seeds.</summary>
    public double LowSd { get; }

    /// <summary>The same at the full budget.</summary>
    public double HighSd { get; }

    public double FailureShare { get; }

    public double Low(double[] point) => low.At(point);

    public double High(double[] point) => high.At(point);

    /// <summary>Most of the nearest real runs failed.</summary>
    public bool Fails(double[] point) =>
        attempts.OrderBy(a => Distance(a.Point, point)).Take(Voters).Count(a => a.Failed) * 2 > Voters;

    private double Distance(double[] x, double[] y)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++) sum += space.Distance2(j, x[j], y[j]);
        return sum;
    }
}

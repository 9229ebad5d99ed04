using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Ray Tune's median stopping rule (grace 60 s, at least 3 other trials): stops a trial whose best report is worse than the median of the others'
/// running means up to the same report. The trials are the set's healthy runs.
/// </summary>
internal sealed class MedianStopping(PeerGroup group) : IPeerRule
{
    private const double Grace = 60;
    private const int Least = 3;

    private readonly Reports reports = new();
    private double best = double.PositiveInfinity;

    public Consequence? Hear(StepMetrics step)
    {
        if (reports.Hear(step) is not { } loss) return null;
        best = Math.Min(best, loss);
        if (!(step.Time >= Grace)) return null;
        var means = group.Curves.Where(curve => curve.Length >= reports.Count).Select(curve => curve.Take(reports.Count).Average()).Order().ToList();
        if (means.Count < Least) return null;
        var median = means.Count % 2 == 1 ? means[means.Count / 2] : (means[means.Count / 2 - 1] + means[means.Count / 2]) / 2;
        return best > median ? Consequence.Stop : null;
    }
}

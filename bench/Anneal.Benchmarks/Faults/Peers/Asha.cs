using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Ray Tune's ASHA (grace period 1 report, reduction factor 4): at reports 1, 4, 16, 64 and so on a trial goes on only in the best quarter of
/// those that came to that rung. The trials are the set's healthy runs, this one itself left out.
/// </summary>
internal sealed class Asha(PeerGroup group) : IPeerRule
{
    private const int ReductionFactor = 4;

    private readonly Reports reports = new();
    private int rung = 1;

    public Consequence? Hear(StepMetrics step)
    {
        if (reports.Hear(step) is not { } loss || reports.Count < rung) return null;
        rung *= ReductionFactor;
        var others = group.Curves.Where(curve => curve.Length >= reports.Count).Select(curve => curve[reports.Count - 1]).Where(other => other != loss).Order().ToList();
        if (others.Count == 0) return null;
        // Linear interpolation between ranks, as numpy's percentile.
        var at = (others.Count - 1) / (double)ReductionFactor;
        var below = others[(int)at];
        var cutoff = below + (at - (int)at) * (others[Math.Min((int)at + 1, others.Count - 1)] - below);
        return loss <= cutoff ? null : Consequence.Stop;
    }
}

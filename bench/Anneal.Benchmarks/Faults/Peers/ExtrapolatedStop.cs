using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// Predictive stopping as with LC-PFN (arXiv 2310.20447), whose learned prior is replaced by the commonest of its curve families: a power law
/// a + b k^-c through all reports so far, c from a grid. Every 5 reports from the tenth on, a run is stopped whose predicted final loss is
/// above the best healthy run's by more than two standard deviations of the fit.
/// </summary>
internal sealed class ExtrapolatedStop(PeerGroup group) : IPeerRule
{
    private const int First = 10, Every = 5;
    private const double Sigmas = 2;
    private static readonly double[] exponents = [0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5];

    private readonly Reports reports = new();
    private readonly LinearFit[] fits = [.. exponents.Select(_ => new LinearFit(2))];

    public Consequence? Hear(StepMetrics step)
    {
        if (reports.Hear(step) is not { } loss || !double.IsFinite(loss)) return null;
        for (var i = 0; i < fits.Length; i++) fits[i].Add([1, Math.Pow(reports.Count, -exponents[i])], loss);
        if (reports.Count < First || reports.Count % Every != 0) return null;
        var (best, fit) = fits.Select((candidate, i) => (i, candidate.Solve())).MinBy(candidate => candidate.Item2.Sigma);
        var last = Math.Max(reports.Count, group.Steps / PeerGroup.Report);
        var final = fit.Coefficients[0] + fit.Coefficients[1] * Math.Pow(last, -exponents[best]);
        return final - Sigmas * fit.Sigma > group.BestFinal ? Consequence.Stop : null;
    }
}

using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Benchmarks.Research;

/// <summary>
/// A study in which runs are drawn from a surface: propose, screen at the short rung, confirm over paired seeds with the gate
/// and its campaign control, adopt; until the champion is as good as the target or the compute is spent.
/// </summary>
internal static class SearchCampaign
{
    /// <summary>Compute after which a search is given up, in full runs.</summary>
    public const double Cap = 600;

    /// <summary>Searches until the target is reached, the searcher gives up or <see cref="Cap"/> is spent.</summary>
    /// <param name="low">Log bits per byte at the short rung.</param>
    /// <param name="high">Log bits per byte at the full budget.</param>
    /// <param name="fails">Whether training fails.</param>
    /// <param name="lowSd">Sd of one short run.</param>
    /// <param name="highSd">Sd of one full run.</param>
    /// <param name="start">First champion.</param>
    /// <param name="target">Value that the champion must reach, noise apart.</param>
    /// <param name="searcher">Chooses points.</param>
    /// <param name="seed">Of noise and search.</param>
    public static SearchOutcome Run(Func<double[], double> low, Func<double[], double> high, Func<double[], bool> fails, double lowSd, double highSd,
        double[] start, double target, Searcher searcher, int seed)
    {
        var random = new Random(seed);
        var seen = new List<Trial>();
        double[] champion = start;
        double sigma = Math.Sqrt(2) * highSd, spent = 0;
        var acceptance = new AcceptanceSpec { MinEffect = sigma / 2 };
        var screening = new ScreeningSpec { Rungs = [SurfaceKnobs.Rung], NoiseSd = sigma, MinEffect = acceptance.MinEffect };
        int tests = 0, acceptances = 0;
        while (spent < Cap)
        {
            if (searcher(seen, champion, random) is not { } point) break;
            double control = low(champion) + lowSd * Gaussian(random);
            double? treatment = fails(point) ? null : low(point) + lowSd * Gaussian(random);
            spent += 2 * SurfaceKnobs.Rung;
            var differences = new List<double>();
            // Judged on the objective itself; it shifts every run by the same factor, so the logs are put back.
            var rung = new RungResult(SurfaceKnobs.Rung, Math.Exp(control), treatment is { } t ? Math.Exp(t) : null);
            bool promoted = treatment is not null && Screening.Judge([rung], screening with { NoiseSd = sigma * Math.Exp(control), MinEffect = acceptance.MinEffect * Math.Exp(control) }).Decision == "promote";
            GateState? state = null;
            if (promoted)
            {
                double bar = CampaignControl.Bar(++tests, acceptances, acceptance);
                do
                {
                    differences.Add(high(champion) - high(point) + sigma * Gaussian(random));
                    spent += 2;
                    state = AcceptanceGate.Judge(differences, acceptance, bar, sigma);
                }
                while (state.Decision == GateDecision.Continue);
            }

            seen.Add(new(champion, point, control, treatment, differences));
            if (state?.Decision != GateDecision.Confirm) continue;
            acceptances++;
            champion = point;
            if (high(champion) <= target) return new(spent, true, champion);
        }

        return new(spent, false, champion);
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

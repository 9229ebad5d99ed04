using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Benchmarks.Evidence;

/// <summary>What the gate does with a true effect of a known size.</summary>
/// <param name="Power">Share confirmed.</param>
/// <param name="Pairs">Mean pairs used.</param>
/// <param name="BiasConfirmed">Mean reported effect less the true one, over the confirmed, in sigma.</param>
/// <param name="BiasAll">The same over all experiments with a verdict.</param>
/// <param name="Coverage">Share of experiments whose confidence sequence holds the true effect at the stop.</param>
internal sealed record PlantedEffect(double Power, double Pairs, double BiasConfirmed, double BiasAll, double Coverage)
{
    private const int Repeats = 2000;

    /// <param name="sigmas">True effect in null sigmas.</param>
    /// <param name="test">Number of the confirmation in its campaign, nothing accepted before.</param>
    /// <param name="noise">Null differences.</param>
    /// <param name="spec">Gate settings.</param>
    /// <param name="random">Source of draws.</param>
    public static PlantedEffect Measure(double sigmas, int test, NullNoise noise, AcceptanceSpec spec, Random random)
    {
        double planted = sigmas * noise.Sigma, bar = CampaignControl.Bar(test, 0, spec);
        double confirmed = 0, pairs = 0, biasConfirmed = 0, biasAll = 0, covered = 0;
        for (int i = 0; i < Repeats; i++)
        {
            double[] differences = [.. noise.Draw(spec.MaxPairs, random).Select(d => d + planted)];
            var state = Confirmation.Run(differences, spec, bar, noise.Sigma, out int used);
            pairs += used;
            double bias = (state.Effect - planted) / noise.Sigma;
            biasAll += bias;
            if (state.Low <= planted && planted <= state.High) covered++;
            if (state.Decision != GateDecision.Confirm) continue;
            confirmed++;
            biasConfirmed += bias;
        }

        return new(confirmed / Repeats, pairs / Repeats, confirmed > 0 ? biasConfirmed / confirmed : double.NaN, biasAll / Repeats, covered / Repeats);
    }
}

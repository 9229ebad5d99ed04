using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Benchmarks.Evidence;

/// <summary>Campaigns in which no change does anything: how often is something believed all the same?</summary>
internal static class NullCampaigns
{
    public const int Campaigns = 1000;

    /// <summary>Confirmations a campaign: far more than a study of an hour makes.</summary>
    public const int Experiments = 30;

    /// <summary>Campaigns with any confirmed change, and confirmed changes over all of them, through the gate.</summary>
    public static (int Campaigns, int Changes) Gated(NullNoise noise, AcceptanceSpec spec, Random random)
    {
        int campaigns = 0, changes = 0;
        for (int c = 0; c < Campaigns; c++)
        {
            int accepted = 0;
            for (int k = 1; k <= Experiments; k++)
            {
                double bar = CampaignControl.Bar(k, accepted, spec);
                var state = Confirmation.Run(noise.Draw(spec.MaxPairs, random), spec, bar, noise.Sigma, out _);
                if (state.Decision == GateDecision.Confirm) accepted++;
            }

            changes += accepted;
            if (accepted > 0) campaigns++;
        }

        return (campaigns, changes);
    }

    /// <summary>The same for a researcher who keeps whatever beat the incumbent in a single run.</summary>
    public static (int Campaigns, int Changes) Greedy(NullNoise noise, Random random)
    {
        int campaigns = 0, changes = 0;
        for (int c = 0; c < Campaigns; c++)
        {
            int accepted = 0;
            double incumbent = 0, sd = Math.Sqrt(0.5);
            for (int k = 0; k < Experiments; k++)
            {
                double value = noise.Draw(1, random)[0] * sd; // one run's deviation, from a difference of two
                if (value >= incumbent) continue;
                (incumbent, accepted) = (value, accepted + 1);
            }

            changes += accepted;
            if (accepted > 0) campaigns++;
        }

        return (campaigns, changes);
    }
}

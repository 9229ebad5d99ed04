using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Benchmarks.Evidence;

/// <summary>One confirmation, pair by pair, through the gate as the lab runs it.</summary>
internal static class Confirmation
{
    /// <summary>The gate's last word.</summary>
    /// <param name="differences">As many as the gate may ask for.</param>
    /// <param name="spec">Gate settings.</param>
    /// <param name="bar">E-value to reach.</param>
    /// <param name="sigma">Planning noise.</param>
    /// <param name="pairs">Pairs used.</param>
    public static GateState Run(double[] differences, AcceptanceSpec spec, double bar, double sigma, out int pairs)
    {
        for (pairs = 1; ; pairs++)
        {
            var state = AcceptanceGate.Judge(differences[..pairs], spec, bar, sigma);
            if (state.Decision != GateDecision.Continue) return state;
        }
    }
}

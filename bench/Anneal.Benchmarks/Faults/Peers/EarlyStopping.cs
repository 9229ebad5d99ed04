using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Lightning's <c>EarlyStopping</c> (Keras has the same): stops after 3 evaluations without a new best, or at one that is not finite.</summary>
internal sealed class EarlyStopping : IPeerRule
{
    private const int Patience = 3;

    private readonly Evaluations evaluations = new();
    private double best = double.PositiveInfinity;
    private int waited;

    public bool HearsMeasurements => true;

    public Consequence? Hear(StepMetrics step)
    {
        if (evaluations.Hear(step) is not { } loss) return null;
        if (!double.IsFinite(loss)) return Consequence.Stop;
        waited = loss < best ? 0 : waited + 1;
        best = Math.Min(best, loss);
        return waited >= Patience ? Consequence.Stop : null;
    }
}

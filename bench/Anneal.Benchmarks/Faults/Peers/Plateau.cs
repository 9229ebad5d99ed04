using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>PyTorch's <c>ReduceLROnPlateau</c> with its defaults: after more than 10 evaluations without an improvement of 0.01% the rate is cut.</summary>
internal sealed class Plateau : IPeerRule
{
    private const int Patience = 10;
    private const double Threshold = 1e-4;

    private readonly Evaluations evaluations = new();
    private double best = double.PositiveInfinity;
    private int bad;

    public bool HearsMeasurements => true;

    public Consequence? Hear(StepMetrics step)
    {
        if (evaluations.Hear(step) is not { } loss) return null;
        if (loss < best * (1 - Threshold)) (best, bad) = (loss, 0);
        else bad++;
        if (bad <= Patience) return null;
        bad = 0;
        return Consequence.Act;
    }
}

using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// llm-foundry's <c>KillLossSpike</c>: the fifth loss in a row that is at least twice the mean of the window, or half of the window above
/// a cap (the greatest of the first window, at most 10) once two windows have passed. The window is the larger of 100 steps and 5% of
/// the run; its length is not known from a stream, and 100 is right for any up to 2,000. Logs only, by default.
/// </summary>
internal sealed class KillLossSpike : IPeerRule
{
    private const int Length = 100, Patience = 4;
    private const double Factor = 2, GreatestCap = 10;

    private readonly Window window = new(Length);
    private double cap = GreatestCap;
    private int heard, outliers;

    public Consequence? Hear(StepMetrics step)
    {
        heard++;
        var fires = false;
        if (window.IsFull)
        {
            outliers = step.Loss >= Factor * window.Mean() ? outliers + 1 : 0;
            fires = outliers > Patience || heard >= 2 * Length && window.Values.Count(loss => loss > cap) >= Length / 2;
        }
        window.Add(step.Loss);
        if (heard == Length) cap = Math.Min(GreatestCap, window.Values.Max());
        return fires ? Consequence.Warn : null;
    }
}

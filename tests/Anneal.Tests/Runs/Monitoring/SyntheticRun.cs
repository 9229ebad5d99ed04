using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring;

/// <summary>Step metrics of a run that never happened: a falling loss with noise, a gradient norm that settles, and one thing that goes wrong.</summary>
internal sealed class SyntheticRun(int seed, int steps, double noise)
{
    private readonly Random random = new(seed);

    public int Steps => steps;

    /// <summary>Adds to the loss of a step (from 1).</summary>
    public Func<int, double> Loss { get; init; } = _ => 0;

    /// <summary>Multiplies the gradient norm of a step.</summary>
    public Func<int, double> Gradient { get; init; } = _ => 1;

    /// <summary>Pace of learning: 1 learns most of it in a tenth of the run.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>Noise with heavy tails instead of normal noise.</summary>
    public bool HeavyTails { get; init; }

    public IEnumerable<StepMetrics> Stream()
    {
        for (var step = 1; step <= steps; step++)
        {
            var t = (double)step / steps;
            var curve = 2.2 + 4.5 / (1 + Pace * 12 * Math.Pow(t, 0.9));
            var norm = (0.4 + 4 * Math.Exp(-25 * t)) * Math.Exp(0.25 * Normal());
            yield return new StepMetrics
            {
                Step = step,
                Tokens = step * 4096L,
                Loss = curve + noise * (HeavyTails ? StudentT3() : Normal()) + Loss(step),
                GradNorm = norm * Gradient(step),
                ParamNorm = 40 + t,
                LearningRate = 3e-3 * Math.Min(1, step / Math.Max(5, steps / 50.0)),
                Nonfinite = !double.IsFinite(Loss(step)) || !double.IsFinite(Gradient(step)),
            };
        }
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private double StudentT3() => Normal() / Math.Sqrt((Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2)) / 3);
}

using Anneal.Lab.Evidence;
using Anneal.Lab.Research;

namespace Anneal.Benchmarks.Evidence;

/// <summary>What screening does with a change of a known effect at the full budget.</summary>
/// <param name="Promoted">Share sent to confirmation.</param>
/// <param name="Compute">Mean compute of both arms, in full runs.</param>
internal sealed record ScreeningErrors(double Promoted, double Compute)
{
    private const int Repeats = 4000;

    /// <summary>
    /// The effect at a rung is the true one times 1 + slope per halving (sd 0.3); noise is a null pair's, larger on short rungs
    /// as the screening assumes; the researcher predicted <paramref name="predicted"/> sigmas.
    /// </summary>
    public static ScreeningErrors Measure(double sigmas, double predicted, NullNoise noise, Random random)
    {
        double[] rungs = [0.25, 0.5];
        const double level = 100; // objective of the champion, in sigmas: any value well above the effects
        int promoted = 0;
        double compute = 0;
        var spec = new ScreeningSpec { Rungs = rungs, NoiseSd = 1, MinEffect = 0.5, Predicted = new Prediction(predicted, 2) };
        for (int i = 0; i < Repeats; i++)
        {
            var seen = new List<RungResult>();
            double slope = 0.3 * Gaussian(random);
            foreach (double rung in rungs)
            {
                double truth = sigmas * (1 + slope * -Math.Log2(rung));
                double measured = truth + noise.Draw(1, random)[0] / noise.Sigma * Screening.NoiseAt(rung, 1);
                double control = level * Math.Pow(rung, -0.1);
                seen.Add(new(rung, control, control - measured));
                compute += 2 * rung;
                string decision = Screening.Judge(seen, spec).Decision;
                if (decision == "promote") promoted++;
                if (decision != "next") break;
            }
        }

        return new((double)promoted / Repeats, compute / Repeats);
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

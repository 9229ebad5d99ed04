namespace Anneal.Tests.Runs.Monitoring;

/// <summary>Endless streams of made-up noise, the same for the same seed.</summary>
internal static class Noise
{
    /// <summary>Standard normal.</summary>
    public static IEnumerable<double> Normal(int seed)
    {
        var random = new Random(seed);
        while (true) yield return One(random);
    }

    /// <summary>Student's t: heavy tails, the heavier the fewer degrees.</summary>
    public static IEnumerable<double> StudentT(int seed, int degrees)
    {
        var random = new Random(seed);
        while (true)
        {
            var squares = 0.0;
            for (var i = 0; i < degrees; i++) squares += Math.Pow(One(random), 2);
            yield return One(random) / Math.Sqrt(squares / degrees);
        }
    }

    private static double One(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

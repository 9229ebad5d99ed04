namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>
/// The machine that a recorded run pretends to run on: step times with jitter and now and then a slow step, memory that settles.
/// Simulated, so that a set of streams is the same on every machine and twins share their noise.
/// </summary>
internal sealed class Clock(int seed, double secondsPerStep)
{
    private readonly Random random = new(seed);
    private double memory = 640, leaked, stretch;

    /// <summary>Seconds since the run began.</summary>
    public double Now { get; private set; }

    /// <summary>Seconds of the last step.</summary>
    public double StepSeconds { get; private set; }

    /// <summary>Resident memory, MiB.</summary>
    public double RssMb { get; private set; } = 640;

    /// <summary>Factor on step times.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Memory lost in every step, MiB.</summary>
    public double LeakMb { get; set; }

    public void Step()
    {
        var jitter = Math.Exp(0.03 * Normal());
        var hiccup = random.NextDouble() < 0.01 ? 1 + random.NextDouble() : 1;
        StepSeconds = secondsPerStep * Slowness * jitter * hiccup + stretch;
        Now += StepSeconds + 0.004 * secondsPerStep * random.NextDouble();
        stretch = 0;
        memory += 0.02 * (760 - memory);
        leaked += LeakMb;
        RssMb = memory + leaked + 1.5 * Normal();
    }

    /// <summary>Time passes between two steps.</summary>
    public void Pause(double seconds) => Now += seconds;

    /// <summary>The next step takes longer.</summary>
    public void Stretch(double seconds) => stretch += seconds;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

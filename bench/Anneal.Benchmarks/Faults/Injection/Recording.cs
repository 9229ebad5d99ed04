using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>What a run has logged, and its machine's clock.</summary>
internal sealed class Recording(Clock clock)
{
    public Clock Clock => clock;

    /// <summary>Lines in the order of writing; steps may come again after a restart.</summary>
    public List<StepMetrics> Lines { get; } = [];

    /// <summary>The run never gets further.</summary>
    public bool Ended { get; set; }

    /// <summary>Changes the newest line.</summary>
    public void Amend(Func<StepMetrics, StepMetrics> change) => Lines[^1] = change(Lines[^1]);

    /// <summary>The process died and comes back with the state of some steps ago: the same steps again, later.</summary>
    /// <param name="steps">How far back.</param>
    /// <param name="seconds">Until the first of them is being done again.</param>
    public void Restart(int steps, double seconds)
    {
        clock.Pause(seconds);
        foreach (var line in Lines[^Math.Min(steps, Lines.Count)..])
        {
            clock.Step();
            Lines.Add(line with { Time = clock.Now, StepSeconds = clock.StepSeconds });
        }
    }
}

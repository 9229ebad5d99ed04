using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>A way in which training goes wrong.</summary>
/// <param name="Number">Of the kind of fault, 1 to 32; variants share it.</param>
/// <param name="Name">Snake case.</param>
/// <param name="Pace">Whether it shows at once.</param>
/// <param name="Causes">Right answers.</param>
/// <param name="Injection">What is done.</param>
internal sealed record Fault(int Number, string Name, Pace Pace, Cause[] Causes, Injection Injection)
{
    /// <summary>Kept for the hidden half: no detector is tuned on it.</summary>
    public bool Unseen { get; init; }

    /// <summary>Steps from the injection to the first step that is not the healthy run's.</summary>
    public int Delay { get; init; }

    /// <summary>Wrong from the first step on.</summary>
    public bool FromStart { get; init; }
}

/// <summary>A healthy run that looks as if something were wrong.</summary>
/// <param name="Name">Snake case.</param>
/// <param name="Injection">What is done.</param>
/// <param name="From">Share of the run after which it is done.</param>
internal sealed record Decoy(string Name, Injection Injection, double From = 0);

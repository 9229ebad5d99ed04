using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>A way in which training goes wrong.</summary>
/// <param name="Number">Of the kind of fault, 1 to 32; variants share it.</param>
/// <param name="Name">Snake case.</param>
/// <param name="Pace">Abrupt where some signal of a trainer jumps with it; slow where what shows is what training makes of it, over tens of steps.</param>
/// <param name="Causes">Right answers.</param>
/// <param name="Injection">What is done.</param>
internal sealed record Fault(int Number, string Name, Pace Pace, Cause[] Causes, Injection Injection)
{
    /// <summary>Whether it comes again when a run goes back to before it.</summary>
    public Recurrence Recurrence { get; init; }

    /// <summary>Kept for the hidden half: no detector is tuned on it.</summary>
    public bool Unseen { get; init; }

    /// <summary>Steps from the injection to the first step that is not the healthy run's.</summary>
    public int Delay { get; init; }

    /// <summary>Wrong from the first step on.</summary>
    public bool FromStart { get; init; }
}

/// <summary>What going back does about a fault.</summary>
internal enum Recurrence
{
    /// <summary>Nothing: the programme or its setting is wrong, and comes again.</summary>
    Lasting,

    /// <summary>It is over: a state was damaged once, by what will not happen again.</summary>
    Passing,

    /// <summary>It lies in the text, and comes again unless that is left out.</summary>
    InText,
}

/// <summary>A healthy run that looks as if something were wrong.</summary>
/// <param name="Name">Snake case.</param>
/// <param name="Injection">What is done.</param>
/// <param name="From">Share of the run after which it is done.</param>
internal sealed record Decoy(string Name, Injection Injection, double From = 0);

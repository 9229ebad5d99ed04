using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>A published rule over one run: fresh for each, fed a step at a time, knows nothing but what it heard.</summary>
internal interface IPeerRule
{
    /// <summary>What the rule does at this step; null for nothing.</summary>
    /// <param name="step">A training step; where <see cref="HearsMeasurements"/> also a measurement, whose loss is NaN.</param>
    Consequence? Hear(StepMetrics step);

    /// <summary>Wants numbers that were measured between steps, too.</summary>
    bool HearsMeasurements => false;
}

/// <summary>What follows where a rule fires.</summary>
internal enum Consequence
{
    /// <summary>Logs or sends a message.</summary>
    Warn,

    /// <summary>Changes the run: skips, clips, cuts the rate, restarts.</summary>
    Act,

    /// <summary>Ends the run.</summary>
    Stop,
}

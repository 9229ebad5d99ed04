using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Live;

/// <summary>An experiment without a verdict.</summary>
/// <param name="number">From 1.</param>
/// <param name="proposal">What is tried.</param>
public sealed class TrialInFlight(int number, Proposal proposal)
{
    /// <summary>From 1.</summary>
    public int Number => number;

    /// <summary>What is tried, and why.</summary>
    public Proposal Proposal => proposal;

    /// <summary>Screening so far.</summary>
    public IReadOnlyList<ScreenRecord> Screens => Rungs;

    internal List<ScreenRecord> Rungs { get; } = [];

    /// <summary>Pairs judged so far.</summary>
    public int Pairs { get; internal set; }

    /// <summary>What the gate said after the last pair.</summary>
    public GateState? State { get; internal set; }
}

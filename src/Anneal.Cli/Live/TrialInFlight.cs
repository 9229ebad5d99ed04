using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Cli.Live;

/// <summary>An experiment without a verdict.</summary>
internal sealed class TrialInFlight(int number, Proposal proposal)
{
    public int Number => number;

    public Proposal Proposal => proposal;

    public List<ScreenRecord> Screens { get; } = [];

    public int Pairs { get; set; }

    /// <summary>What the gate said after the last pair.</summary>
    public GateState? State { get; set; }
}

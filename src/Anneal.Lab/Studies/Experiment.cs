using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Studies;

/// <summary>An experiment under way, whatever its two arms are: from its proposal to its verdict.</summary>
internal abstract class Experiment(int number, Proposal proposal)
{
    private GateState? gate;

    /// <summary>From 1.</summary>
    public int Number => number;

    /// <summary>What is claimed.</summary>
    public Proposal Proposal => proposal;

    /// <summary>Equal for equal experiments; as proposed.</summary>
    public string Identity { get; protected set; } = "";

    /// <summary>What makes it impossible, or null.</summary>
    public string? Flaw { get; private set; }

    /// <summary>Screening so far.</summary>
    public List<ScreenRecord> Screens { get; } = [];

    /// <summary>Confirmation pairs so far.</summary>
    public List<PairRecord> Pairs { get; } = [];

    /// <summary>Runs used so far, those that it shares with other experiments included.</summary>
    public List<RunRecord> Runs { get; } = [];

    /// <summary>Once decided.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>Why, in a sentence.</summary>
    public string? Reason { get; private set; }

    /// <summary>FLOPs of its runs.</summary>
    public double Flops => Runs.DistinctBy(run => run.Id).Sum(run => run.Flops);

    /// <summary>The champion that it is held against, as the ledger holds it.</summary>
    protected abstract string ControlText { get; }

    /// <summary>The changed champion, as the ledger holds it.</summary>
    protected abstract string TreatmentText { get; }

    /// <summary>Decides it without the gate.</summary>
    /// <param name="verdict">Verdict.</param>
    /// <param name="reason">Why, in a sentence.</param>
    public void Decide(Verdict verdict, string reason) => (Verdict, Reason) = (verdict, reason);

    /// <summary>What the gate said last; it decides the verdict unless it asks for more.</summary>
    /// <param name="state">After the last pair.</param>
    public virtual void Judge(GateState state)
    {
        gate = state;
        if (state.Decision != GateDecision.Continue) Decide(state.Verdict, state.Reason);
    }

    /// <summary>No fair measurement is possible.</summary>
    /// <param name="flaw">Why not.</param>
    public void Invalidate(string flaw)
    {
        Flaw = flaw;
        Decide(Evidence.Verdict.Invalid, $"Not measurable: {flaw}.");
    }

    /// <summary>As the ledger holds it.</summary>
    public virtual ExperimentRecord ToRecord() => new()
    {
        Id = Number,
        Identity = Identity,
        Proposal = Proposal,
        Status = Verdict == Evidence.Verdict.Invalid ? "failed" : "done",
        Verdict = Verdict,
        Reason = Reason,
        Screens = [.. Screens],
        Pairs = [.. Pairs],
        Effect = Pairs.Count > 0 ? Pairs.Average(pair => pair.Difference) : Screens is [.., { Control: not null, Treatment: not null } last] ? last.Extrapolated : null,
        Interval = gate?.Interval,
        Evidence = gate is { } state ? (state.EValue, state.Bar) : null,
        Flops = Own.Sum(run => run.Flops),
        Seconds = Own.Sum(run => run.Seconds),
        ControlRecipe = ControlText,
        TreatmentRecipe = TreatmentText,
    };

    private IEnumerable<RunRecord> Own => Runs.Where(run => run.Experiment == Number);
}

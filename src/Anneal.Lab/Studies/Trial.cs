using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

/// <summary>An experiment under way: from its proposal to its verdict.</summary>
internal sealed class Trial
{
    private GateState? gate;

    private Trial(int number, Proposal proposal) => (Number, Proposal) = (number, proposal);

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>What is claimed.</summary>
    public Proposal Proposal { get; }

    /// <summary>See <see cref="ExperimentIdentity"/>; as proposed.</summary>
    public string Identity { get; private set; } = "";

    /// <summary>Recipe that it is held against, at its full budget.</summary>
    public required Recipe Control { get; set; }

    /// <summary>The changed recipe, at its full budget; the control itself where the change is impossible.</summary>
    public required Recipe Treatment { get; set; }

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

    /// <summary>Applies a proposal to the champion; one that cannot be run is invalid from the start.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="champion">Recipe to change.</param>
    /// <param name="tried">Identities of all experiments before.</param>
    /// <param name="flawOf">What makes a recipe impossible, or null.</param>
    public static Trial Of(int number, Proposal proposal, Recipe champion, IReadOnlySet<string> tried, Func<Recipe, string?> flawOf)
    {
        var trial = new Trial(number, proposal) { Control = champion, Treatment = champion };
        trial.Meet(champion, flawOf);
        trial.Identity = ExperimentIdentity.Of(trial.Control, trial.Treatment);
        if (trial.Flaw is null && tried.Contains(trial.Identity)) trial.Invalidate("this experiment was made before");
        return trial;
    }

    /// <summary>Holds the change against a champion.</summary>
    /// <param name="champion">Recipe to change.</param>
    /// <param name="flawOf">What makes a recipe impossible, or null.</param>
    public void Meet(Recipe champion, Func<Recipe, string?> flawOf)
    {
        (Control, Treatment) = (champion, champion);
        try
        {
            var changed = champion.With(Proposal.Change) with { Budget = champion.Budget, Seed = champion.Seed };
            var flaw = changed.Identity() == champion.Identity() ? "the champion has this change already" : flawOf(changed);
            if (flaw is null) Treatment = changed;
            else Invalidate(flaw);
        }
        catch (InputException e)
        {
            Invalidate(e.Errors[0].Problem);
        }
    }

    /// <summary>FLOPs of its runs.</summary>
    public double Flops => Runs.DistinctBy(run => run.Id).Sum(run => run.Flops);

    /// <summary>Decides it without the gate.</summary>
    /// <param name="verdict">Verdict.</param>
    /// <param name="reason">Why, in a sentence.</param>
    public void Decide(Verdict verdict, string reason) => (Verdict, Reason) = (verdict, reason);

    /// <summary>What the gate said last; it decides the verdict unless it asks for more.</summary>
    /// <param name="state">After the last pair.</param>
    public void Judge(GateState state)
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
    public ExperimentRecord ToRecord() => new()
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
        ControlRecipe = Control.ToYaml(),
        TreatmentRecipe = Treatment.ToYaml(),
    };

    private IEnumerable<RunRecord> Own => Runs.Where(run => run.Experiment == Number);
}

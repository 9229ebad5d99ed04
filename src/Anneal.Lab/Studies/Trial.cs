using Anneal.Lab.Code;
using Anneal.Lab.Research;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

/// <summary>An experiment on recipes.</summary>
internal sealed class Trial : Experiment
{
    private Trial(int number, Proposal proposal) : base(number, proposal)
    {
    }

    /// <summary>Recipe that it is held against, at its full budget.</summary>
    public required Recipe Control { get; set; }

    /// <summary>The changed recipe, at its full budget; the control itself where the change is impossible.</summary>
    public required Recipe Treatment { get; set; }

    /// <inheritdoc/>
    protected override string ControlText => Control.ToYaml();

    /// <inheritdoc/>
    protected override string TreatmentText => Treatment.ToYaml();

    /// <summary>Applies a proposal to the champion; one that cannot be run is invalid from the start. Its identity: <see cref="ExperimentIdentity"/>.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="champion">Recipe to change.</param>
    /// <param name="tried">Identities of all experiments before.</param>
    /// <param name="flawOf">What makes a recipe impossible, with the code that comes with it, or null.</param>
    public static Trial Of(int number, Proposal proposal, Recipe champion, IReadOnlySet<string> tried, Func<Recipe, ProposedCode?, string?> flawOf)
    {
        var trial = new Trial(number, proposal) { Control = champion, Treatment = champion };
        trial.Meet(champion, flawOf);
        trial.Identity = ExperimentIdentity.Of(trial.Control, trial.Treatment);
        if (trial.Flaw is null && tried.Contains(trial.Identity)) trial.Invalidate("this experiment was made before");
        return trial;
    }

    /// <summary>Holds the change against a champion.</summary>
    /// <param name="champion">Recipe to change.</param>
    /// <param name="flawOf">What makes a recipe impossible, with the code that comes with it, or null.</param>
    public void Meet(Recipe champion, Func<Recipe, ProposedCode?, string?> flawOf)
    {
        (Control, Treatment) = (champion, champion);
        try
        {
            var changed = champion.With(Proposal.Change) with { Budget = champion.Budget, Seed = champion.Seed };
            if (Proposal.Code is { } code) changed = changed with { Code = changed.Code.With(code.Kind, CodeCompiler.HashOf(code.Source)) };
            var flaw = changed.Identity() == champion.Identity() ? "the champion has this change already" : flawOf(changed, Proposal.Code);
            if (flaw is null) Treatment = changed;
            else Invalidate(flaw);
        }
        catch (InputException e)
        {
            Invalidate(e.Errors[0].Problem);
        }
    }
}

using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research.Ideas;
using Anneal.Lab.Studies;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research.Tools;

/// <summary>Why a model's proposal would come to nothing, found before it costs a run.</summary>
internal static class ProposalFlaws
{
    /// <summary>What is wrong and how to put it right, in a sentence; null for a sound and new proposal.</summary>
    public static string? Find(Proposal proposal, ProposalTask task)
    {
        if (proposal.Change.Count == 0 && proposal.Code is null) return "it changes nothing; name at least one recipe key, or bring code.";
        foreach (var key in proposal.Change.Keys)
            if (ChangeableKeys.WhyFixed(key) is { } why) return $"`{key}` cannot be changed: {why}.";
        if (proposal.Code is { } code && CodeCompiler.Compile(code) is { IsSound: false } compiled) return $"the code cannot be used:\n- {string.Join("\n- ", compiled.Problems)}";

        var question = task.Question;
        var trial = Trial.Of(question.Number, proposal, question.Champion, new HashSet<string>(), question.FlawOf);
        if (trial.Flaw is { } flaw) return $"{flaw}.";
        if (Barred(proposal, task) is { } idea) return $"idea `{idea}` is barred by the study's `space.ideas`; propose something else.";
        return Repeated(trial.Identity, trial.Treatment, proposal, task);
    }

    // An idea by another name: a change that does all that a barred idea would do here, by its words or by its numbers.
    private static string? Barred(Proposal proposal, ProposalTask task)
    {
        var allowed = IdeaLibrary.Allowed(task.Spec.Space).ToHashSet();
        return IdeaLibrary.All.Where(idea => !allowed.Contains(idea)).FirstOrDefault(idea =>
        {
            if (idea.Change(task.Question.Champion, task.Spec) is not { Count: > 0 } change) return false;
            var words = change.Where(entry => !double.TryParse(entry.Value, out _)).ToList();
            return (words.Count > 0 ? words : [.. change]).TrueForAll(entry => proposal.Change.GetValueOrDefault(entry.Key) == entry.Value);
        })?.Id;
    }

    private static string? Repeated(string identity, Recipe treatment, Proposal proposal, ProposalTask task)
    {
        var measured = treatment.Identity();
        foreach (var e in task.Seen.Experiments)
            if (e.Identity == identity || (e.TreatmentRecipe.Length > 0 && RecipeFile.Parse(e.TreatmentRecipe, "treatment").Identity() == measured))
                return $"it repeats experiment {e.Id}: {Result(e)}. Nothing is measured twice; see read_experiment {e.Id}.";
        foreach (var (i, other) in task.Question.InFlight.Index())
            if (Same(other, proposal)) return $"it repeats experiment {task.Seen.Experiments.Count + i + 1}, which is under way.";
        return task.Question.Tried.Contains(identity) ? "it repeats an experiment that was proposed before." : null;
    }

    private static bool Same(Proposal one, Proposal other) =>
        one.Code == other.Code && one.Change.Count == other.Change.Count && one.Change.All(entry => other.Change.GetValueOrDefault(entry.Key) == entry.Value);

    private static string Result(ExperimentRecord e) => $"{FindingTools.Word(e.Verdict)}{(e.Effect is null ? "" : $", effect {TextTable.Effect(e.Effect)}")}";
}

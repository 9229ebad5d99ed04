using Anneal.Lab.Ledger;
using Anneal.Lab.Research.Tools;
using Anneal.Lab.Subjects;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Whether a proposal from outside could become an experiment.</summary>
public static class ProposalCheck
{
    /// <summary>What is wrong with it, in a sentence that says how to put it right; null where nothing is.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="study">The study as it stands.</param>
    public static string? FlawOf(Proposal proposal, StudyRecord study) => FlawOf(proposal, new ResearchQuestion
    {
        Seen = study,
        Champion = study.Spec.Subject is null ? RecipeFile.Parse(study.Champion, "champion") : new Recipe(),
        Tried = study.Experiments.Select(experiment => experiment.Identity).ToHashSet(StringComparer.Ordinal),
        Number = study.Experiments.Count + 1,
        FlawOf = (recipe, _) => RecipeRules.Check(recipe) is [var problem, ..] ? problem.ToString() : null,
    });

    internal static string? FlawOf(Proposal proposal, ResearchQuestion question)
    {
        if (!double.IsFinite(proposal.Predicted.Mean) || !(proposal.Predicted.Sd > 0)) return "predicts nothing: expected a finite effect and a standard deviation above 0";
        if (question.Seen.Spec.Subject is { } subject) return FlawOf(proposal, subject);
        return proposal.Edits is null ? ProposalFlaws.Find(proposal, new ProposalTask(question.Seen.Spec, question, []))
            : "it edits files, and this study is of our own trainer: name recipe keys under `change`, or bring `code`";
    }

    // What an edit does to the files is seen when the study applies it.
    private static string? FlawOf(Proposal proposal, SubjectSpec subject) =>
        proposal.Change.Count > 0 || proposal.Code is not null ? "this study is of a repository: name files under `edits`, and neither `change` nor `code`"
        : proposal.Edits is not { Count: > 0 } edits ? $"it edits nothing; files that may be edited are {string.Join(", ", subject.Edit)}"
        : edits.FirstOrDefault(edit => !subject.Edit.Contains(edit.Path, StringComparer.Ordinal)) is { } outside ? $"`{outside.Path}` may not be edited; {NearestWord.Hint(outside.Path, [.. subject.Edit])}"
        : null;
}

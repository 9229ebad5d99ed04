using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Champion against baseline: what differs, then both in full.</summary>
internal static class RecipesSection
{
    public static Markup Of(StudyRecord study)
    {
        if (study.Spec.Subject is not null)
            return Edits(study);
        var differences = RecipeDiff.Between(study.Baseline, study.Champion);
        return Markup.Of($"""
            <h2 id="recipes">Recipes</h2>
            {(differences.Count == 0
                ? Markup.Of($"<p>The champion is the baseline.</p>")
                : Markup.Of($"<p>The champion differs from the baseline in {Units.Plural(differences.Count, "key")}.</p><div class=\"scroll\">{TableMarkup.Of(Differences(differences))}</div>"))}
            <details><summary>The champion's recipe in full</summary><pre>{study.Champion}</pre></details>
            <p>The baseline's recipe stands under <a href="#reproduce">How to reproduce</a>.</p>
            """);
    }

    private static Markup Edits(StudyRecord study) => Markup.Of($"""
        <h2 id="recipes">Adopted edits</h2>
        {(study.Branch() is not { } branch
            ? Markup.Of($"<p>The champion is the baseline.</p>")
            : Markup.Of($"<p>Branch <code>{branch}</code>, commit <code>{study.ChampionCommit()!}</code>, against the baseline:</p><pre>{study.ChampionDiff()}</pre>"))}
        """);

    public static Table Differences(IReadOnlyList<RecipeDifference> differences) => new(
        ["key", "baseline", "champion"],
        [.. differences.Select(difference => (IReadOnlyList<string>)[difference.Key, difference.Before ?? "(absent)", difference.After ?? "(absent)"])]);
}

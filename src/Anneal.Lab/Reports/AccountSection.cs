using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>What the study cost, by purpose, and what of it was wasted.</summary>
internal static class AccountSection
{
    public static Markup Of(StudyRecord study) => Markup.Of($"""
        <h2 id="account">Compute</h2>
        <p>{Sentence(study)}</p>
        <div class="scroll">{TableMarkup.Of(Spending(study))}</div>
        {BillSection.Of(study)}
        """);

    public static string Sentence(StudyRecord study)
    {
        var budget = study.Spec.Budget;
        if (study.Spec.Subject is not null)
            return $"{Units.Plural(study.Runs.Count, "run")}{(budget.Runs is { } runs ? $" of {runs}" : "")} and {Units.Duration(study.SecondsSpent)}{(budget.Seconds is { } most ? $" of {Units.Duration(most)}" : "")} by the clock. What a repository computes cannot be counted in FLOPs.";
        return $"{Units.Flops(study.FlopsSpent)}{(budget.Flops is { } flops and > 0 ? $" of {Units.Flops(flops)} ({Units.Percent(study.FlopsSpent / flops)})" : "")} and "
            + $"{Units.Duration(study.SecondsSpent)}{(budget.Seconds is { } seconds and > 0 ? $" of {Units.Duration(seconds)}" : "")} by the clock. "
            + $"{Units.Percent(study.ShareWasted())} of the FLOPs went into failed runs and experiments without a fair measurement.";
    }

    public static Table Spending(StudyRecord study)
    {
        var total = Math.Max(1, study.Runs.Sum(run => run.Flops));
        return new Table(["purpose", "runs", "FLOPs", "share", "run time"],
            [.. study.SpendingByRole().Select(role => (IReadOnlyList<string>)[role.Purpose, $"{role.Runs}", Units.Flops(role.Flops), Units.Percent(role.Flops / total), Units.Duration(role.Seconds)])]);
    }
}

using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Reports;

/// <summary>Who proposed, and how well each foresaw what was measured.</summary>
internal static class ResearcherSection
{
    public static Markup Of(StudyRecord study) => study.Experiments.Count == 0 ? Markup.Empty : Markup.Of($"""
        <h3 id="researcher">Who proposed</h3>
        <p>{Sentence(study)}</p>
        <div class="scroll">{TableMarkup.Of(Scores(study))}</div>
        <p class="key">{Key}</p>
        """);

    public const string Key = "Brier: mean square of the predicted chance of a gain minus what came of it, 0 is perfect, 0.25 is a coin. "
        + "Inside: share of measured effects within the predicted central interval; an honest proposer's shares are 50%, 80% and 95%. Bias: measured minus predicted, below 0 promises too much.";

    public static string Sentence(StudyRecord study)
    {
        var proposers = study.Experiments.GroupBy(experiment => SourceWords.Proposer(experiment.Proposal))
            .Select(group => $"{Units.Plural(group.Count(), "experiment")}: {SourceWords.Kind(group.Key)}");
        var absences = study.Experiments.Where(experiment => experiment.Proposal.InsteadOf is not null).ToList();
        return string.Join(". ", proposers) + "."
            + (absences.Count == 0 ? "" : $" {Units.Plural(absences.Count, "time")} another stood in for the {absences[0].Proposal.AskedOf}: {string.Join("; ", absences.Select(experiment => experiment.Proposal.InsteadOf).Distinct().Take(4))}.");
    }

    public static Table Scores(StudyRecord study) => new(
        ["source", "measured", "confirmed", "FLOPs", "Brier", "inside 50%", "inside 80%", "inside 95%", "bias"],
        [.. Calibration.Of(study).Select(row => (IReadOnlyList<string>)
        [
            Who(study, row.Source), $"{row.Experiments}", $"{row.Confirmed}", Units.Flops(row.Flops), row.Brier is { } brier ? $"{brier:0.000}" : "–",
            Share(row.Coverage50), Share(row.Coverage80), Share(row.Coverage95), Units.Effect(row.MeanError),
        ])]);

    // A source by what its proposers are: a script's proposals are not "the model's".
    private static string Who(StudyRecord study, string source) => string.Join("; ", study.Experiments
        .Where(experiment => ProposalSource.Of(experiment.Proposal) == source).Select(experiment => PlainText.Clean(SourceWords.Proposer(experiment.Proposal))).Distinct());

    private static string Share(double? share) => share is { } known ? Units.Percent(known) : "–";
}

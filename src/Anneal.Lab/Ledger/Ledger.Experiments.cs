using Anneal.Lab.Research;
using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>What the researcher answered before, so that nobody is asked twice.</summary>
    /// <param name="study">Study.</param>
    /// <param name="number">Experiment, from 1.</param>
    /// <param name="seen">How many decided experiments the researcher had seen.</param>
    /// <param name="answer">The proposal, or null for "nothing left to try".</param>
    /// <returns>False where the question was not asked yet.</returns>
    public bool TryFindProposal(string study, int number, int seen, out Proposal? answer)
    {
        var rows = Read(db => db.Query<string?>("SELECT proposal FROM proposals WHERE study = @study AND number = @number AND seen = @seen", new { study, number, seen }).ToList());
        answer = rows is [{ } text] ? FromJson<Proposal>(text) : null;
        return rows.Count > 0;
    }

    /// <summary>Records the researcher's answer.</summary>
    /// <param name="study">Study.</param>
    /// <param name="number">Experiment, from 1.</param>
    /// <param name="seen">How many decided experiments the researcher had seen.</param>
    /// <param name="answer">The proposal, or null for "nothing left to try".</param>
    /// <param name="identity">Identity of the experiment.</param>
    /// <param name="control">Recipe that it is screened against.</param>
    /// <param name="treatment">The changed recipe.</param>
    public void AddProposal(string study, int number, int seen, Proposal? answer, string? identity, string? control, string? treatment) => Write(
        "INSERT INTO proposals (study, number, seen, identity, proposal, control, treatment, made) VALUES (@study, @number, @seen, @identity, @proposal, @control, @treatment, @now)",
        new { study, number, seen, identity, proposal = answer is null ? null : ToJson(answer), control, treatment, now = Now() });

    /// <summary>Records a screening rung; the same again changes nothing.</summary>
    /// <param name="study">Study.</param>
    /// <param name="experiment">Experiment.</param>
    /// <param name="rung">Index, from 0.</param>
    /// <param name="screen">What was measured and decided.</param>
    public void AddScreen(string study, int experiment, int rung, ScreenRecord screen) => Write(
        """
        INSERT OR IGNORE INTO screens (study, experiment, rung, fraction, control, treatment, extrapolated, extrapolated_sd, decision, reason)
        VALUES (@study, @experiment, @rung, @Fraction, @Control, @Treatment, @Extrapolated, @ExtrapolatedSd, @Decision, @Reason)
        """,
        new { study, experiment, rung, screen.Fraction, screen.Control, screen.Treatment, screen.Extrapolated, screen.ExtrapolatedSd, screen.Decision, screen.Reason });

    /// <summary>Records a pair; the same again changes nothing.</summary>
    /// <param name="study">Study.</param>
    /// <param name="kind">What it is a pair of.</param>
    /// <param name="experiment">Experiment; 0 outside of experiments.</param>
    /// <param name="pair">The pair.</param>
    public void AddPair(string study, PairKind kind, int experiment, PairRecord pair) => Write(
        """
        INSERT OR IGNORE INTO pairs (study, kind, experiment, number, control, treatment, control_run, treatment_run)
        VALUES (@study, @kind, @experiment, @Index, @Control, @Treatment, @ControlRun, @TreatmentRun)
        """,
        new { study, kind = kind.ToString(), experiment, pair.Index, pair.Control, pair.Treatment, pair.ControlRun, pair.TreatmentRun });

    /// <summary>Records a verdict, once and for all; the same again changes nothing.</summary>
    /// <param name="study">Study.</param>
    /// <param name="experiment">The experiment, decided.</param>
    /// <param name="champion">Recipe to beat from now on (YAML).</param>
    public void AddVerdict(string study, ExperimentRecord experiment, string champion) => Write(
        """
        INSERT OR IGNORE INTO verdicts (study, experiment, verdict, reason, effect, low, high, e_value, bar, control, treatment, champion, decided)
        VALUES (@study, @Id, @verdict, @Reason, @Effect, @low, @high, @value, @bar, @ControlRecipe, @TreatmentRecipe, @champion, @now)
        """,
        new
        {
            study,
            experiment.Id,
            verdict = experiment.Verdict.ToString(),
            experiment.Reason,
            experiment.Effect,
            low = experiment.Interval?.Low,
            high = experiment.Interval?.High,
            value = experiment.Evidence?.Value,
            bar = experiment.Evidence?.Bar,
            experiment.ControlRecipe,
            experiment.TreatmentRecipe,
            champion,
            now = Now(),
        });
}

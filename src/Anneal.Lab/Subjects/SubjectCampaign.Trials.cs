using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Subjects;

internal sealed partial class SubjectCampaign
{
    /// <summary>Short runs of champion and change; they select, and are no evidence. The champion's are made once.</summary>
    private async Task ScreenAsync(EditTrial trial, Noise noise, CancellationToken cancel)
    {
        if (subject.Rungs.Count == 0) return;
        var screening = new ScreeningSpec { Rungs = subject.Rungs, NoiseSd = noise.Sd, MinEffect = spec.Acceptance.MinEffect, Predicted = trial.Proposal.Predicted };
        var seen = new List<RungResult>();
        foreach (var (rung, fraction) in subject.Rungs.Index())
        {
            var seed = SeedOf($"screen/{fraction}");
            var control = await RunAsync(
                new SubjectJob { Key = $"champion.{trial.Control.Tree[..12]}.{fraction}", Role = RunRole.ScreenControl, Revision = trial.Control, Seed = seed, Rung = fraction }, cancel);
            var treatment = await RunAsync(
                new SubjectJob { Key = $"e{trial.Number:00}.screen.{rung}", Role = RunRole.Screen, Experiment = trial.Number, Pair = rung, Revision = trial.Treatment, Seed = seed, Rung = fraction }, cancel);
            trial.Runs.AddRange([control, treatment]);
            if (control.Value is null || treatment.Value is null)
            {
                DecideOnFailure(trial, control, treatment);
                return;
            }
            seen.Add(AboveZero(fraction, control.Value.Value, treatment.Value.Value, noise));
            var screen = Screening.Judge(seen, screening) with { Control = control.Value, Treatment = treatment.Value };
            trial.Screens.Add(screen);
            ledger.AddScreen(spec.Study, trial.Number, rung, screen);
            Tell(new RungScreened(trial.Number, screen));
            if (screen.Decision == "promote") return;
            if (screen.Decision != "stop") continue;
            trial.Decide(Verdict.Rejected, $"Screened out at {fraction:P0}: {screen.Reason}");
            return;
        }
    }

    // Screening reasons about ratios of positive values. A metric that is maximised is negated, and some pass through zero: the
    // same difference is then held against the size of the champion's value.
    private static RungResult AboveZero(double fraction, double control, double treatment, Noise noise)
    {
        if (control > 0 && treatment > 0) return new(fraction, control, treatment);
        var level = Math.Max(Math.Abs(control), 10 * noise.Sd);
        return new(fraction, level, Math.Max(level - (control - treatment), level / 100));
    }

    /// <summary>
    /// The change against the champion, re-measured: one pair at a time under fresh seeds, until the gate decides or the runs
    /// end. The arms take turns in going first, so that a machine that slows down favours neither.
    /// </summary>
    private async Task ConfirmAsync(EditTrial trial, Noise noise, CancellationToken cancel)
    {
        var bar = CampaignControl.Bar(decided.Count(experiment => experiment.Pairs.Count > 0) + 1, Adoptions, spec.Acceptance);
        while (trial.Verdict is null)
        {
            if (!Affords(2))
            {
                trial.Decide(Verdict.Inconclusive, $"The {spec.Budget.Runs} runs ended after {trial.Pairs.Count} pairs.");
                return;
            }
            var index = trial.Pairs.Count;
            Task<RunRecord> Control() => RunAsync(Arm(trial, RunRole.Control, trial.Control, index, noise), cancel);
            Task<RunRecord> Treatment() => RunAsync(Arm(trial, RunRole.Treatment, trial.Treatment, index, noise), cancel);
            RunRecord control, treatment;
            if (index % 2 == 0) (control, treatment) = (await Control(), await Treatment());
            else (treatment, control) = (await Treatment(), await Control());
            trial.Runs.AddRange([control, treatment]);
            if (control.Value is null || treatment.Value is null)
            {
                DecideOnFailure(trial, control, treatment);
                return;
            }
            var pair = AddPair(PairKind.Confirm, trial.Number, control, treatment);
            trial.Pairs.Add(pair);
            var state = AcceptanceGate.Judge([.. trial.Pairs.Select(p => p.Difference)], spec.Acceptance, bar, noise.Sd);
            trial.Judge(state);
            Tell(new PairJudged(trial.Number, pair, state));
        }
    }

    private SubjectJob Arm(EditTrial trial, RunRole role, Revision revision, int pair, Noise noise) => new()
    {
        Key = $"e{trial.Number:00}.{role.ToString().ToLowerInvariant()}.{pair}",
        Role = role,
        Experiment = trial.Number,
        Pair = pair,
        Revision = revision,
        Seed = SeedOf($"e{trial.Number}/{pair}"),
        LeastSeconds = noise.SecondsPerRun / 10,
    };

    // A change that fails by itself is rejected; a number that cannot be believed makes it invalid, and is a refusal.
    private void DecideOnFailure(EditTrial trial, RunRecord control, RunRecord treatment)
    {
        var (run, why) = control.Value is null ? (control, WhyFailed(control)) : (treatment, WhyFailed(treatment));
        if (control.Value is null || why is null or { Cause: "infrastructure" }) trial.Invalidate($"run {run.Id} {why?.Message ?? "failed"}");
        else if (why.Cause == "evaluation")
        {
            ledger.AddRefusal(spec.Study, trial.Number, trial.Proposal.Source, why.Detector, why.Message);
            trial.Invalidate($"run {run.Id}: {why.Message}");
        }
        else trial.Decide(Verdict.Rejected, $"The changed run {run.Id} failed: {why.Message}");
    }
}

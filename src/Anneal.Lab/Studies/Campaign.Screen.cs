using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    /// <summary>Short runs of champion and change, rung by rung; decides the hopeless. The champion's are made once and shared.</summary>
    private async Task ScreenAsync(Trial trial, Noise noise, CancellationToken cancel)
    {
        var screening = new ScreeningSpec { Rungs = spec.Rungs, NoiseSd = noise.Sd, MinEffect = spec.Acceptance.MinEffect, Predicted = trial.Proposal.Predicted };
        var seen = new List<RungResult>();
        foreach (var (rung, fraction) in spec.Rungs.Index())
        {
            // The control comes first: its curve tells a hopeless treatment early.
            var control = await executor.RunAsync(Rung(trial.Control, fraction) with { Key = $"champion.{trial.Control.Identity()[..12]}.{fraction}", Role = RunRole.ScreenControl }, cancel);
            var treatment = await executor.RunAsync(
                Rung(trial.Treatment, fraction) with { Key = $"e{trial.Number:00}.screen.{rung}", Role = RunRole.Screen, Experiment = trial.Number, Pair = rung, Reference = ReferenceFor(trial, control) }, cancel);
            trial.Runs.AddRange([control, treatment]);
            seen.Add(new RungResult(fraction, control.Value, treatment.Value));

            var screen = Screening.Judge(seen, screening);
            trial.Screens.Add(screen);
            ledger.AddScreen(spec.Study, trial.Number, rung, screen);
            Tell(new RungScreened(trial.Number, screen));
            if (screen.Decision == "promote") return;
            if (screen.Decision != "stop") continue;
            if (control.Value is null) trial.Invalidate($"the champion's run {control.Id} failed ({WhyFailed(control)})");
            else if (treatment.Value is null) DecideOnFailure(trial, treatment);
            else trial.Decide(Verdict.Rejected, $"Screened out at {fraction:P0}: {screen.Reason}");
            return;
        }
    }

    private void DecideOnFailure(Trial trial, RunRecord treatment)
    {
        if (FoulPlayIn(treatment) is { } foul)
        {
            ledger.AddRefusal(spec.Study, trial.Number, trial.Proposal.Source, foul.Rule, foul.Detail);
            trial.Invalidate($"run {treatment.Id} broke the rule `{foul.Rule}`: {foul.Detail.TrimEnd('.')}");
        }
        else if (FailedFairly(treatment)) trial.Decide(Verdict.Rejected, $"The changed run {treatment.Id} failed: {WhyFailed(treatment)}");
        else trial.Invalidate($"run {treatment.Id} was broken from outside ({WhyFailed(treatment)})");
    }

    private Job Rung(Recipe recipe, double fraction) => new()
    {
        Key = "",
        Role = RunRole.Screen,
        Rung = fraction,
        Recipe = Seeded(recipe, $"screen/{fraction}", $"screen/{fraction}") with { Budget = new BudgetConfig { Flops = fraction * recipe.Budget.Flops } },
    };

    // Nats a token compare only between runs with the same tokens.
    private static IReadOnlyList<CurvePoint>? ReferenceFor(Trial trial, RunRecord control) =>
        control.Value is not null && trial.Treatment.Tokenizer == trial.Control.Tokenizer ? control.Curve : null;
}

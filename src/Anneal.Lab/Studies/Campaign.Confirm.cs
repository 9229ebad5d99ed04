using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    /// <summary>
    /// The change against the champion of now, re-measured: one pair at a time, fresh seeds and the same data order in both
    /// arms, until the gate decides, or the budget ends.
    /// </summary>
    private async Task ConfirmAsync(Trial trial, Standing standing, Noise noise, CancellationToken cancel)
    {
        await Task.Run(() => trial.Meet(standing.Champion, FlawOf), cancel).WaitAsync(cancel);
        var bar = CampaignControl.Bar(standing.Tests + 1, standing.Acceptances, spec.Acceptance);
        while (trial.Verdict is null)
        {
            if (!budget.AllowsPair(standing.After(trial.ToRecord(), trial.Runs, standing.Champion).Flops))
            {
                trial.Decide(Verdict.Inconclusive, $"The FLOP budget ended after {trial.Pairs.Count} pairs.");
                return;
            }
            var index = trial.Pairs.Count;
            var pair = await RunAllAsync([Arm(trial, RunRole.Control, trial.Control, index), Arm(trial, RunRole.Treatment, trial.Treatment, index)], cancel);
            trial.Runs.AddRange(pair);
            if (pair[0].Value is null) trial.Invalidate($"the champion's run {pair[0].Id} failed ({WhyFailed(pair[0])})");
            else if (pair[1].Value is null) DecideOnFailure(trial, pair[1]);
            else Judge(trial, Pair(pair[0], pair[1]), bar, noise);
        }
    }

    private void Judge(Trial trial, PairRecord pair, double bar, Noise noise)
    {
        trial.Pairs.Add(pair);
        ledger.AddPair(spec.Study, PairKind.Confirm, trial.Number, pair);
        var state = AcceptanceGate.Judge([.. trial.Pairs.Select(p => p.Difference)], spec.Acceptance, bar, noise.Sd);
        trial.Judge(state);
        Tell(new PairJudged(trial.Number, pair, state));
    }

    private Job Arm(Trial trial, RunRole role, Recipe recipe, int pair) => new()
    {
        Key = $"e{trial.Number:00}.{role.ToString().ToLowerInvariant()}.{pair}",
        Role = role,
        Experiment = trial.Number,
        Pair = pair,
        Recipe = Seeded(recipe, $"e{trial.Number}/{pair}", $"e{trial.Number}/{pair}"),
    };
}

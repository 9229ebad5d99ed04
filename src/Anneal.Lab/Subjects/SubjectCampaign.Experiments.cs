using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Subjects;

internal sealed partial class SubjectCampaign
{
    /// <summary>Propose, screen, confirm, judge, one experiment after the other.</summary>
    private async Task ExperimentAsync(Noise noise, CancellationToken time, CancellationToken cancel)
    {
        Tell(new PhaseStarted(StudyPhase.Experiments, $"Experimenting: up to {spec.Budget.Experiments}, one at a time."));
        // Once baseline and champion have been compared nothing may change the champion any more.
        var last = ledger.DecidedBeforeSeal(spec.Study) ?? spec.Budget.Experiments;
        try
        {
            while (decided.Count < last)
            {
                if (!Affords(2 * (subject.Rungs.Count + Math.Min(SubjectSpec.WorthwhilePairs, spec.Acceptance.MaxPairs))))
                {
                    Tell(new ProposalsEnded($"The {spec.Budget.Runs} runs allow no further experiment beside the final comparison."));
                    return;
                }
                if (await ProposeAsync(noise, time) is not { } trial)
                {
                    Tell(new ProposalsEnded("The researcher has nothing left to try."));
                    return;
                }
                Tell(new ExperimentProposed(trial.Number, trial.Proposal));
                if (trial.Verdict is null) await ScreenAsync(trial, noise, time);
                if (trial.Verdict is null) await ConfirmAsync(trial, noise, time);
                await DecideAsync(trial, time);
            }
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            Tell(new ProposalsEnded($"The rest of the {spec.Budget.Seconds} seconds is kept for the final comparison; the experiment in flight is dropped."));
        }
    }

    // Remembered, so that a researcher that costs money or never says the same twice is asked once.
    private async Task<EditTrial?> ProposeAsync(Noise noise, CancellationToken cancel)
    {
        var (number, seen) = (decided.Count + 1, decided.Count);
        if (ledger.TryFindProposal(spec.Study, number, seen, out var answer))
            return answer is null ? null : await MeetAsync(number, answer, cancel);
        answer = await researcher.ProposeAsync(
            new ResearchQuestion { Seen = Seen(noise), Champion = new Recipe(), Revision = champion, Tried = tried, Number = number }, cancel).WaitAsync(cancel);
        var trial = answer is null ? null : await MeetAsync(number, answer, cancel);
        ledger.AddProposal(spec.Study, number, seen, answer, trial?.Identity, trial?.Control.ToText(), trial?.Treatment.ToText());
        return trial;
    }

    /// <summary>The edit as a commit on top of the champion; one that breaks a rule is invalid from the start.</summary>
    private async Task<EditTrial> MeetAsync(int number, Proposal proposal, CancellationToken cancel)
    {
        var trial = new EditTrial(number, proposal, champion, subject.Measured);
        var (files, flaw) = await check.ApplyAsync(champion, proposal.Edits ?? [], cancel);
        if (flaw is not null)
        {
            ledger.AddRefusal(spec.Study, number, proposal.Source, flaw.Rule, flaw.Detail);
            trial.Refuse(flaw.Detail);
            return trial;
        }
        var commit = await repository.CommitAsync(champion.Commit, files, $"{proposal.Hypothesis}\n\nExperiment {number} of study {spec.Study}, not judged yet.\n", started.AddSeconds(2 * number - 1), cancel);
        await repository.NameAsync($"experiments/{number}", commit, cancel);
        trial.Try(await repository.ReadAsync(commit, baseline.Commit, cancel), tried);
        tried.Add(trial.Identity);
        return trial;
    }

    private async Task DecideAsync(EditTrial trial, CancellationToken cancel)
    {
        if (trial.Adopted)
        {
            var commit = await repository.CommitTreeAsync(trial.Treatment.Tree, champion.Commit, AdoptionMessage.Of(spec, trial), started.AddSeconds(2 * trial.Number), cancel);
            champion = trial.Treatment with { Commit = commit };
            trial.Settle(champion);
            await repository.NameAsync("champion", commit, cancel);
        }
        var experiment = trial.ToRecord();
        ledger.AddVerdict(spec.Study, experiment, champion.ToText());
        decided.Add(experiment);
        Tell(new VerdictGiven(experiment));
        if (trial.Adopted) Tell(new ChampionChanged(trial.Number, champion.ToText()));
        WriteResults();
    }

    /// <summary>The study as a proposal may see it: what is decided, nothing that depends on the clock.</summary>
    private StudyRecord Seen(Noise noise) => new()
    {
        Spec = spec,
        Baseline = baseline.ToText(),
        Champion = champion.ToText(),
        Status = "running",
        NullPairs = noise.Pairs,
        Experiments = [.. decided.Select(experiment => experiment with { Seconds = 0 })],
        Runs = [.. runs.Values.Select(run => run with { Seconds = 0 })],
    };
}

using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    /// <summary>
    /// Propose, screen, confirm, judge; with the study's parallelism in flight. Proposal k sees exactly the experiments up to
    /// k - parallel; its confirmation waits for all verdicts before it. So every decision has one cause, whatever finishes first.
    /// </summary>
    private async Task<Standing> ExperimentAsync(Noise noise, CancellationToken time, CancellationToken cancel)
    {
        Tell(new PhaseStarted(StudyPhase.Experiments, $"Experimenting: up to {spec.Budget.Experiments}, {budget.Parallel} side by side."));
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(time);
        var standings = new List<Task<Standing>> { Task.FromResult(new Standing { Champion = baseline, Runs = noise.Runs }) };
        try
        {
            // Once the seal is open nothing may change the champion any more: what was decided before is only told again.
            var last = ledger.DecidedBeforeSeal(spec.Study) ?? spec.Budget.Experiments;
            while (standings.Count <= last && await ProposeAsync(noise, standings, failing.Token) is { } trial)
                standings.Add(DecideAsync(trial, noise, standings[^1], failing.Token));
            return await standings[^1];
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            Tell(new ProposalsEnded($"The rest of the {spec.Budget.Seconds} seconds is kept for the sealed comparison; experiments in flight are dropped."));
            return await standings.FindLast(standing => standing.IsCompletedSuccessfully)!;
        }
        finally
        {
            // Nobody is left behind: on a failure the others end too, before the executor does.
            await failing.CancelAsync();
            await Task.WhenAll(standings.Select(standing => standing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)));
        }
    }

    /// <summary>
    /// Asks the researcher for the next experiment. An answer of "nothing left" is asked again when more verdicts are known.
    /// Null: there is nothing left to try, or nothing to pay for it.
    /// </summary>
    private async Task<Trial?> ProposeAsync(Noise noise, List<Task<Standing>> standings, CancellationToken cancel)
    {
        var number = standings.Count;
        for (var seen = Math.Max(0, number - budget.Parallel); seen < number; seen++)
        {
            var standing = await standings[seen];
            if (!budget.AllowsExperiment(standing.Flops))
            {
                Tell(new ProposalsEnded($"The {budget.Limit:G4} FLOPs allow no further experiment beside the sealed comparison."));
                return null;
            }
            if (await AskAsync(number, seen, standing, noise, cancel) is not { } proposal) continue;
            var trial = await MeetAsync(number, proposal, standing, cancel);
            tried.Add(trial.Identity);
            proposals.Add(proposal);
            Tell(new ExperimentProposed(number, proposal));
            return trial;
        }
        Tell(new ProposalsEnded("The researcher has nothing left to try."));
        return null;
    }

    private readonly HashSet<string> tried = new(StringComparer.Ordinal);
    private readonly List<Proposal> proposals = [];

    // Remembered, so that a researcher that costs money or never says the same twice is asked once.
    private async Task<Proposal?> AskAsync(int number, int seen, Standing standing, Noise noise, CancellationToken cancel)
    {
        if (ledger.TryFindProposal(spec.Study, number, seen, out var answer)) return answer;
        var question = new ResearchQuestion
        {
            Seen = Seen(standing, noise),
            Champion = standing.Champion,
            Tried = tried,
            Number = number,
            InFlight = [.. proposals.Skip(seen)],
            FlawOf = FlawOf,
            DiagnoseAsync = budget.Diagnosis > 0 ? (order, token) => DiagnoseAsync(number, seen, standing, order, token) : null,
        };
        answer = await researcher.ProposeAsync(question, cancel).WaitAsync(cancel);
        var trial = answer is null ? null : await MeetAsync(number, answer, standing, cancel);
        ledger.AddProposal(spec.Study, number, seen, answer, trial?.Identity, trial?.Control.ToYaml(), trial?.Treatment.ToYaml());
        return answer;
    }

    // Counting the FLOPs of a recipe with a new tokenizer trains that first; nobody who presses Ctrl+C waits for it.
    private async Task<Trial> MeetAsync(int number, Proposal proposal, Standing standing, CancellationToken cancel)
    {
        var trial = await Task.Run(() => Trial.Of(number, proposal, standing.Champion, tried, FlawOf), cancel).WaitAsync(cancel);
        // What was looked at before the proposal is part of its price.
        trial.Runs.AddRange(ledger.FindRuns(spec.Study, number, RunRole.Diagnosis));
        return trial;
    }

    /// <summary>The study as a proposal may see it: what is decided, nothing that depends on the clock.</summary>
    private StudyRecord Seen(Standing standing, Noise noise) => new()
    {
        Spec = spec,
        Baseline = baseline.ToYaml(),
        Champion = standing.Champion.ToYaml(),
        Status = "running",
        NullPairs = noise.NullPairs,
        NudgePairs = noise.NudgePairs,
        Experiments = [.. standing.Experiments.Select(experiment => experiment with { Seconds = 0 })],
        Runs = [.. standing.Runs.Select(run => run with { Seconds = 0 })],
        Incidents = Seen(standing.Runs),
        FlopsSpent = standing.Flops,
    };

    // A run that the machine broke and that went on says nothing about its recipe, and would not have happened undisturbed.
    private List<IncidentRecord> Seen(IEnumerable<RunRecord> runs)
    {
        var known = runs.Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
        return [.. ledger.ReadIncidents(spec.Study).Where(incident => known.Contains(incident.Run) && incident is not { Cause: "infrastructure", Action: "restart" })];
    }

    private async Task<Standing> DecideAsync(Trial trial, Noise noise, Task<Standing> before, CancellationToken cancel)
    {
        if (trial.Flaw is null) await ScreenAsync(trial, noise, cancel);
        var standing = await before;
        if (trial.Verdict is null) await ConfirmAsync(trial, standing, noise, cancel);
        var champion = trial.Verdict == Verdict.Confirmed ? trial.Treatment : standing.Champion;
        var experiment = trial.ToRecord();
        ledger.AddVerdict(spec.Study, experiment, champion.ToYaml());
        executor.DropCheckpoints(trial.Runs, keep: run => run.Role == RunRole.Treatment && run.Pair == 0 && trial.Verdict == Verdict.Confirmed);
        Tell(new VerdictGiven(experiment));
        if (trial.Verdict == Verdict.Confirmed) Tell(new ChampionChanged(trial.Number, champion.ToYaml()));
        return standing.After(experiment, trial.Runs, champion);
    }

    /// <summary>What makes a recipe, and the code that comes with it, impossible in this study, or null.</summary>
    private string? FlawOf(Recipe recipe, ProposedCode? code)
    {
        if (RecipeRules.Check(recipe) is [var problem, ..]) return problem.ToString();
        if (executor.Barred(recipe) is { } barred) return barred;
        if (code is not null && executor.Code.Add(code) is { Problems: { Count: > 0 } problems }) return $"the code cannot be used: {string.Join(" ", problems.Take(5))}";
        if (recipe.Model.Context < spec.Evaluation.Stride)
            return $"model.context {recipe.Model.Context} is shorter than the evaluation's stride {spec.Evaluation.Stride}";
        var shortest = spec.Rungs.FirstOrDefault(1) * recipe.Budget.Flops!.Value;
        double step;
        try
        {
            step = executor.FlopsPerStep(recipe);
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
        return step > shortest ? $"one step costs {step:G3} FLOPs, more than the shortest run's {shortest:G3}" : null;
    }
}

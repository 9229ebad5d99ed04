using System.Collections.Concurrent;
using System.Diagnostics;
using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Lab.Ledger;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Execution;

/// <summary>
/// Runs jobs in worker processes, one thread each, as many side by side as the study says, and has them evaluated by others.
/// A job in the ledger is not run again. What infrastructure breaks is tried again; what fails by itself is a result.
/// </summary>
internal sealed partial class Executor : IAsyncDisposable
{
    private readonly Ledger.Ledger ledger;
    private readonly StudySpec spec;
    private readonly Corpus corpus;
    private readonly IProgress<StudyEvent>? progress;
    private readonly ExecutorOptions options;
    private readonly Slots slots;
    private readonly EvaluatorProcess[] evaluators;
    private readonly ConcurrentDictionary<string, Lazy<Task<RunRecord>>> jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TokenizerConfig, Lazy<TokenizedCorpus>> tokenized = new();
    private readonly ConcurrentDictionary<string, double> flopsPerStep = new(StringComparer.Ordinal);

    /// <summary>An executor for one sitting.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="spec">The study.</param>
    /// <param name="corpus">Its corpus.</param>
    /// <param name="progress">Told what happens.</param>
    /// <param name="options">Patience and thrift; null takes the defaults.</param>
    public Executor(Ledger.Ledger ledger, StudySpec spec, Corpus corpus, IProgress<StudyEvent>? progress, ExecutorOptions? options = null)
    {
        (this.ledger, this.spec, this.corpus, this.progress) = (ledger, spec, corpus, progress);
        this.options = options ?? new ExecutorOptions();
        pace = new(this.options.UnpaidFactor, this.options.UnpaidSeconds);
        Code = new(ledger.Directory);
        checker = new(Code, this.options.AllowUnsandboxed, this.options.CodeMemoryBytes);
        slots = new Slots(spec.Parallel);
        evaluators = [.. Enumerable.Range(0, spec.Parallel).Select(_ => new EvaluatorProcess(this.options))];
    }

    /// <summary>The job's run: from the ledger, from one already under way, or done now.</summary>
    /// <param name="job">What is wanted.</param>
    /// <param name="cancel">Ends the children; unfinished work goes on in a later sitting.</param>
    public Task<RunRecord> RunAsync(Job job, CancellationToken cancel) =>
        jobs.GetOrAdd(job.Key, _ => new Lazy<Task<RunRecord>>(() => DoAsync(job, cancel))).Value;

    /// <summary>What a finished run's trainer said about its last step; null where the run's folder is gone.</summary>
    /// <param name="run">Run id.</param>
    public StepMetrics? LastStep(string run)
    {
        var metrics = new RunDirectory(RunPath(run)).MetricsPath;
        return File.Exists(metrics) ? MetricsReader.ReadAll(metrics).LastOrDefault(step => step.Extra.Count > 0) : null;
    }

    /// <summary>Counted FLOPs of one training step.</summary>
    /// <param name="recipe">A sound recipe.</param>
    public double FlopsPerStep(Recipe recipe) =>
        flopsPerStep.GetOrAdd(recipe.Identity(), _ => recipe.Code.IsEmpty ? Counted(recipe) : Charged(recipe));

    private double Counted(Recipe recipe) => RunLength.FlopsPerStep(recipe, Tokenized(recipe.Tokenizer).Vocab);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var evaluator in evaluators) await evaluator.DisposeAsync();
    }

    private async Task<RunRecord> DoAsync(Job job, CancellationToken cancel)
    {
        if (ledger.FindRun(spec.Study, job.Key) is { } known)
        {
            Tell(new RunFinished(known));
            return known;
        }
        var slot = await slots.EnterAsync(job.Urgency, cancel);
        try
        {
            var run = await Task.Run(() => FinishAsync(job, evaluators[slot], cancel), cancel);
            Tell(new RunFinished(run));
            return run;
        }
        finally
        {
            slots.Leave(slot);
        }
    }

    private async Task<RunRecord> FinishAsync(Job job, EvaluatorProcess evaluator, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        // A new tokenizer is trained first; nobody who presses Ctrl+C waits for it.
        var tokens = await Task.Run(() => Tokenized(job.Recipe.Tokenizer), cancel).WaitAsync(cancel);
        var order = Order(job, tokens);
        var directory = Prepare(job, order);
        Tell(new RunStarted(Id(job), job.Experiment, job.Role, job.Pair, job.Rung, order.Steps!.Value));

        var trained = await TrainAsync(job, directory, order, cancel);
        var incidents = SaidBy(job, directory).Concat(trained.Incidents).ToList();
        if (trained.Foul is { } foul) incidents.Add(ToRecord(job, foul));
        var result = trained.Done ? await MeasureAsync(job, directory, order, tokens, evaluator, incidents, cancel) : null;
        var steps = MetricsReader.ReadAll(directory.MetricsPath);
        var done = steps is [.., var last] ? Math.Min(last.Step, order.Steps.Value) : 0;
        var run = new RunRecord
        {
            Id = Id(job),
            Study = spec.Study,
            Experiment = job.Experiment,
            Role = job.Role,
            Pair = job.Pair,
            Rung = job.Rung,
            Recipe = job.Recipe.ToYaml(),
            RecipeHash = job.Recipe.Identity(),
            Seed = job.Recipe.Seed,
            OrderSeed = job.Recipe.Data.OrderSeed ?? job.Recipe.Seed,
            Status = result is null ? "failed" : "done",
            Value = result?.Bpb,
            Split = job.Split,
            Steps = done,
            Tokens = (long)done * job.Recipe.Data.BatchTokens,
            Flops = done * FlopsPerStep(job.Recipe),
            Seconds = clock.Elapsed.TotalSeconds,
            Parameters = order.Code?.Parameters ?? RunLength.Parameters(job.Recipe, tokens.Vocab),
            Curve = [.. LossCurve.Of(steps).Select(point => new CurvePoint(point.Tokens, point.Loss))],
        };
        ledger.AddRun(job.Key, run, result, incidents);
        foreach (var incident in incidents) Tell(new IncidentSeen(incident));
        DropCheckpoints([run], keep: KeepsCheckpoint);
        return run;
    }

    private async Task<EvaluationResult?> MeasureAsync(
        Job job, RunDirectory directory, RunOrder order, TokenizedCorpus tokens, EvaluatorProcess evaluator, List<IncidentRecord> incidents, CancellationToken cancel)
    {
        try
        {
            var checkpoint = new Checkpoints(directory.CheckpointsPath).Newest() ?? throw new EvaluationException("the run left no checkpoint.");
            var expected = new ExpectedModel(job.Recipe, tokens.Vocab, order.Steps!.Value);
            if (job.Recipe.Code.IsEmpty) return await evaluator.EvaluateAsync(checkpoint, tokens.HeldDirectory, job.Split, spec.Evaluation, cancel, expected);
            return await JudgeAsync(job, directory, order, checkpoint, expected, tokens, evaluator, cancel);
        }
        catch (EvaluationException e)
        {
            incidents.Add(e.Rule is { } rule ? ToRecord(job, new FoulPlay(rule, e.Message)) : ToRecord(job, new Incident { Step = 0, Severity = Severity.Act, Action = IncidentAction.Stop, Detector = "evaluator", Cause = Cause.Evaluation, Message = e.Message }));
            return null;
        }
    }

    private RunOrder Order(Job job, TokenizedCorpus tokens)
    {
        var perStep = FlopsPerStep(job.Recipe);
        var steps = RunLength.Steps(job.Recipe, perStep);
        var every = (int)Math.Clamp(Math.Floor(options.CheckpointFlops / perStep), 1, int.MaxValue);
        var run = new RunOrder
        {
            Recipe = job.Recipe,
            TrainDirectory = tokens.TrainDirectory,
            Vocab = tokens.Vocab,
            Steps = steps,
            CheckpointEvery = every < steps ? every : 0,
            KeepCheckpoints = 1,
            Lease = true,
            Code = job.Recipe.Code.IsEmpty ? null : CodeOf(job.Recipe),
            Reference = [.. (job.Reference ?? []).Select(point => new ReferencePoint(point.Tokens, point.Loss))],
        };
        // A diagnosis is made for what the blocks tell, and may be a few steps long.
        return job.Role == RunRole.Diagnosis ? run with { BlockStatisticsEvery = Math.Clamp(steps / 4, 1, run.BlockStatisticsEvery) } : run;
    }

    private TokenizedCorpus Tokenized(TokenizerConfig config) => tokenized.GetOrAdd(config, _ => new Lazy<TokenizedCorpus>(() => corpus.Tokenize(config))).Value;

    private string Id(Job job) => $"{spec.Study}.{job.Key}";

    private IncidentRecord ToRecord(Job job, Incident incident) => new(
        Id(job), job.Experiment, incident.Step, Word(incident.Severity), Word(incident.Action), incident.Detector, Word(incident.Cause), incident.Message);

    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private void Tell(StudyEvent what) => progress?.Report(what);
}

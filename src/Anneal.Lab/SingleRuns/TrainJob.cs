using Anneal.Lab.Diagnoses;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Anneal.Runs.Watching;

namespace Anneal.Lab.SingleRuns;

/// <summary>One recipe to be trained outside of a study.</summary>
public sealed record TrainJob
{
    /// <summary>The recipe's YAML file.</summary>
    public required string Recipe { get; init; }

    /// <summary>The run's folder; a run already there goes on if it is the same.</summary>
    public required string Out { get; init; }

    /// <summary>The lab's folder; it keeps the prepared corpus.</summary>
    public required string Lab { get; init; }

    /// <summary>Overrides, <c>section.key=value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Seed; null takes the recipe's.</summary>
    public long? Seed { get; init; }

    /// <summary><c>dotnet-docs</c>, <c>man-pages</c>, a prepared corpus or a path to text; null takes the recipe's.</summary>
    public string? Corpus { get; init; }

    /// <summary>What follows from an incident; by default bounded repairs.</summary>
    public MonitorPolicy Policy { get; init; } = MonitorPolicy.Act;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether a language model is asked about incidents; null: none.</summary>
    public DiagnosisChoice? Diagnose { get; init; }

    /// <summary>The recipe with its overrides; its corpus is absolute or a word.</summary>
    /// <exception cref="InputException">All that is wrong with it.</exception>
    public Recipe Resolve()
    {
        var overrides = new List<string>(Set);
        if (Seed is { } seed)
            overrides.Add($"seed={seed}");
        if (Corpus is { } corpus)
            overrides.Add($"data.corpus={(corpus is "dotnet-docs" or "man-pages" ? corpus : Path.GetFullPath(corpus))}");
        var recipe = RecipeFile.Load(Recipe, overrides);
        // A path in a recipe is seen from the recipe's file.
        return recipe.Data.Corpus is "dotnet-docs" or "man-pages" ? recipe
            : recipe with { Data = recipe.Data with { Corpus = Path.GetFullPath(recipe.Data.Corpus, Path.GetDirectoryName(Path.GetFullPath(Recipe))!) } };
    }

    /// <summary>Prepares the corpus, trains in a worker process, and evaluates on held-out text.</summary>
    /// <param name="words">Told what is being done.</param>
    /// <param name="steps">Told where the training stands.</param>
    /// <param name="cancel">Saves the state and returns; the same job goes on.</param>
    /// <param name="events">Told what is heard and seen.</param>
    /// <exception cref="JobFailedException">The run failed or the monitor stopped it.</exception>
    /// <exception cref="InputException">The recipe is wrong, or the folder holds another run.</exception>
    public async Task<TrainResult> RunAsync(IProgress<string>? words, IProgress<TrainingProgress>? steps, CancellationToken cancel, IProgress<WatchEvent>? events = null)
    {
        var recipe = Resolve();
        var tokens = await CorpusChoice.TokenizeAsync(recipe.Data.Corpus, recipe.Tokenizer, Lab, words, cancel);
        var run = RunDirectory.Create(Out, new RunOrder
        {
            Recipe = recipe,
            TrainDirectory = tokens.TrainDirectory,
            Vocab = tokens.Vocab,
            Threads = Threads,
            Lease = true,
            CheckpointEvery = Policy == MonitorPolicy.Act ? StepsBetweenStates(recipe, tokens.Vocab) : MostBetweenStates,
            Policy = Policy,
        });
        words?.Report($"Training in {run.Root}");
        try
        {
            await using var opinions = new WatchedTraining(run, Diagnose, events);
            await Training.RunAsync(run, steps, opinions, cancel);
        }
        finally
        {
            Record(run);
        }
        words?.Report("Evaluating.");
        await using var evaluator = new EvaluatorProcess(new ExecutorOptions());
        var checkpoint = new TrainedRun(run, RunOrder.Load(run.OrderPath)).Checkpoint;
        var result = await evaluator.EvaluateAsync(checkpoint, tokens.HeldDirectory, "val", Ruler.For(recipe), cancel);
        return TrainResult.Of(run, recipe, Threads, checkpoint, result);
    }

    private const int MostBetweenStates = 200;

    // A repair goes back to a state: the nearer it lies, the less is trained again.
    private static int StepsBetweenStates(Recipe recipe, int vocab) =>
        recipe.Budget.Seconds is null ? (int)Math.Clamp(RunLength.Steps(recipe, vocab) / 20, 10, MostBetweenStates) : MostBetweenStates / 4;

    private void Record(RunDirectory run)
    {
        if (Intervention.ReadAll(run.InterventionsPath) is not { Count: > 0 } lines) return;
        using var ledger = Ledger.Ledger.Open(Lab);
        ledger.AddInterventions(run, lines);
    }
}

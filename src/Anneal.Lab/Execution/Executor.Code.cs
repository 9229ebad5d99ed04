using System.Security.Cryptography;
using Anneal.Data;
using Anneal.Engine.Optimizers;
using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Runs;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Execution;

// Runs whose recipe holds code of a proposal: hostile until shown otherwise.
internal sealed partial class Executor
{
    // The runtime itself has some fifteen threads.
    private const int CodeTasks = 96;

    // Incidents are few; a run that writes thousands wants to be noticed for something else.
    private const int MostIncidents = 100;

    // The evaluator reads a split whole.
    private const long LargestReread = 64 << 20;

    private readonly Pace pace;
    private readonly CodeChecker checker;

    /// <summary>Why a recipe's code cannot be run on this machine, or null.</summary>
    /// <param name="recipe">A recipe.</param>
    public string? Barred(Recipe recipe) => recipe.Code.IsEmpty || CodeWorkers.Find(options.AllowUnsandboxed, out var why) is not null ? null : why;

    private CodeWorkers Workers(Recipe recipe) => CodeWorkers.Find(options.AllowUnsandboxed, out var why) ?? throw new InputException($"code of {recipe.Identity()[..12]}", why!);

    private SandboxSpec Limits(Job job, RunDirectory directory, RunOrder order)
    {
        var seconds = pace.Allowance(ledger.ReadStudy(spec.Study).Runs, IsOurs, order.Steps!.Value * FlopsPerStep(job.Recipe));
        return new()
        {
            // What the lab said stays said: the run can write all of its folder but that.
            ReadOnly = [order.TrainDirectory, directory.OrderPath, directory.RecipePath, directory.ControlPath, .. CodeFiles(order)],
            Writable = [directory.Root],
            MemoryBytes = options.CodeMemoryBytes,
            FileBytes = options.CodeFolderBytes / 4,
            WritableBytes = options.CodeFolderBytes,
            Processes = CodeTasks,
            CpuSeconds = seconds,
            // A loaded machine may take many times as long by the clock.
            WallSeconds = seconds * 20 + 60,
        };
    }

    // A recipe without code is evaluated by the lab's own. So are weights that only the lab's own blocks will read.
    private async Task<EvaluationResult> JudgeAsync(Job job, RunDirectory directory, RunOrder order, string checkpoint, ExpectedModel expected, TokenizedCorpus tokens, EvaluatorProcess evaluator, CancellationToken cancel)
    {
        if (job.Recipe.Code.Block.Length == 0)
        {
            await CompareClaimAsync(directory, checkpoint, expected, tokens, evaluator, cancel);
            return await evaluator.EvaluateAsync(checkpoint, tokens.HeldDirectory, job.Split, spec.Evaluation, cancel, expected);
        }
        var limits = new SandboxSpec
        {
            ReadOnly = [checkpoint, directory.OrderPath, .. CodeFiles(order)],
            MemoryBytes = options.CodeMemoryBytes,
            Processes = CodeTasks,
            CpuSeconds = options.LogitsSeconds,
        };
        var start = Workers(job.Recipe).Command(limits, "logits", checkpoint, directory.OrderPath);
        var command = new LogitsCommand
        {
            Program = start.FileName,
            Arguments = [.. start.ArgumentList],
            Seconds = options.LogitsSeconds,
            // What the model is asked in which order must not be known to whoever wrote it; the measured value does not depend on it.
            Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)),
        };
        return await evaluator.EvaluateAsync(checkpoint, tokens.HeldDirectory, job.Split, spec.Evaluation, cancel, expected, command, limits);
    }

    // What the run said of its train loss, against what its checkpoint has on passages that it was trained on.
    private async Task CompareClaimAsync(RunDirectory directory, string checkpoint, ExpectedModel expected, TokenizedCorpus tokens, EvaluatorProcess evaluator, CancellationToken cancel)
    {
        if (new FileInfo(Path.Combine(tokens.TrainDirectory, "train.bin")).Length > LargestReread) return;
        var measured = await evaluator.EvaluateAsync(checkpoint, tokens.TrainDirectory, "train", spec.Evaluation with { Documents = 16 }, cancel, expected);
        if (LossClaim.Contradicted(MetricsReader.ReadAll(directory.MetricsPath), measured.Loss) is { } foul) throw new EvaluationException(foul.Detail) { Rule = foul.Rule };
    }

    /// <summary>The lab's sources of proposals.</summary>
    public CodeStore Code { get; }

    // Unsound code is an ArgumentException, as an impossible shape is.
    private CodeOrder CodeOf(Recipe recipe)
    {
        if (options.CodeOf is { } given) return given(recipe);
        var facts = checker.Check(recipe, Tokenized(recipe.Tokenizer).Vocab);
        if (facts.Problems is { Count: > 0 } problems) throw new ArgumentException($"the code is unsound: {string.Join(" ", problems)}");
        return checker.Order(recipe) with { FlopsPerStep = facts.FlopsPerStep, Parameters = facts.Parameters };
    }

    // What the model costs without the code is known without asking it, so that a price far below is a lie.
    private double Charged(Recipe recipe)
    {
        var price = CodeOf(recipe).FlopsPerStep!.Value;
        var least = recipe.Code.Block.Length > 0 ? 0 : 0.9 * Counted(recipe with { Code = new(), Optimizer = recipe.Optimizer with { Kind = OptimizerKind.AdamW } });
        return price >= least ? price : throw new ArgumentException($"the code is said to cost {price:G3} FLOPs a step; the model alone takes {least:G3}");
    }

    // Only the assemblies of this run; the store holds those of all.
    private static IEnumerable<string> CodeFiles(RunOrder order) => order.Code!.Assemblies.Keys.Select(hash => Path.Combine(order.Code.Directory, $"{hash}.dll"));

    private static bool IsOurs(RunRecord run) => RecipeFile.Parse(run.Recipe, run.Id).Code.IsEmpty;

    // What a run says of itself; one with code of a proposal may say anything.
    private IEnumerable<IncidentRecord> SaidBy(Job job, RunDirectory directory)
    {
        var said = Incident.ReadAll(directory.IncidentsPath).Select(incident => ToRecord(job, incident));
        return job.Recipe.Code.IsEmpty ? said : said.Take(MostIncidents).Select(incident => incident with { Detector = FoulPlay.Foreign(PlainWords.Of(incident.Detector)), Message = PlainWords.Of(incident.Message) });
    }

    private IncidentRecord ToRecord(Job job, FoulPlay foul) =>
        ToRecord(job, new Incident { Step = 0, Severity = Severity.Act, Action = IncidentAction.Stop, Detector = foul.Detector, Cause = Cause.Evaluation, Message = foul.Detail });
}

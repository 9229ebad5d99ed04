using System.Security.Cryptography;
using System.Text.Json;
using Anneal.Benchmarks.Durability;
using Anneal.Data;
using Anneal.Lab;
using Anneal.Lab.Code;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Benchmarks.Judge;

// A small lab in which code is tried that is past the screen: compiled with everything, trained in the sandbox, measured by the
// lab's evaluator, all by the executor of studies.
public sealed class CheatCourt : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LabLedger ledger;
    private readonly Lease lease;
    private readonly Executor executor;
    private readonly Recipe recipe;
    private readonly TokenizedCorpus tokens;
    private readonly Dictionary<string, byte[]> assemblies = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    private CheatCourt(int parallel)
    {
        File.WriteAllLines(folder.File("text.jsonl"), MadeUpLanguage.Documents(120).Select(text => JsonSerializer.Serialize(new { text })));
        File.WriteAllText(folder.File("recipe.yaml"),
            """
            model: {layers: 1, width: 16, heads: 2, context: 32}
            optimizer: {kind: adamw, lr: 1.0e-2}
            tokenizer: {kind: bytes}
            data: {batch_tokens: 128}
            budget: {tokens: 3840}

            """);
        recipe = RecipeFile.Load(folder.File("recipe.yaml"));
        var spec = new StudySpec { Study = "court", Recipe = folder.File("recipe.yaml"), Corpus = folder.File("text.jsonl"), Parallel = parallel, Evaluation = new() { Documents = 4, Window = 32, Stride = 16 } };
        ledger = LabLedger.Open(folder.File("lab"));
        lease = ledger.TakeLease(spec.Study);
        ledger.AddStudy(spec, recipe.ToYaml(), new Dictionary<string, string>());
        var corpus = Corpus.Prepare(spec.Corpus, folder.File("corpus"));
        tokens = corpus.Tokenize(recipe.Tokenizer);
        executor = new Executor(ledger, spec, corpus, null, new ExecutorOptions
        {
            RetryAfter = [],
            HangFloor = TimeSpan.FromSeconds(12),
            CodeOf = CodeOf,
            CodeMemoryBytes = 768L << 20,
            CodeFolderBytes = 64L << 20,
            // Of a hundred times the work, see CodeOf.
            UnpaidFactor = 0.01,
            UnpaidSeconds = 3,
            LogitsSeconds = 15,
        });
    }

    // What the recipe reaches without any code, in bits per byte.
    public double Honest { get; private set; }

    public static async Task<CheatCourt> OpenAsync(int parallel, CancellationToken cancel)
    {
        var court = new CheatCourt(parallel);
        var run = await court.executor.RunAsync(new Job { Key = "honest", Role = RunRole.Baseline, Recipe = court.recipe }, cancel);
        court.Honest = run.Value ?? throw new InvalidOperationException(court.ledger.ReadIncidents("court", run.Id)[^1].Message);
        return court;
    }

    public async Task<Judgement> TryAsync(CodeSample sample, CancellationToken cancel)
    {
        var source = sample.Source
            .Replace("{HELD}", tokens.HeldDirectory, StringComparison.Ordinal)
            .Replace("{TRAIN}", tokens.TrainDirectory, StringComparison.Ordinal)
            .Replace("{LAB}", ledger.Directory, StringComparison.Ordinal);
        var hash = CodeCompiler.HashOf(source);
        lock (gate) assemblies[hash] = UnscreenedCompiler.Compile(sample.Name, source);
        var code = sample.Kind switch
        {
            CodeKind.Block => recipe.Code with { Block = hash },
            CodeKind.Optimizer => recipe.Code with { Optimizer = hash },
            CodeKind.Schedule => recipe.Code with { Schedule = hash },
            _ => recipe.Code with { Loss = hash },
        };
        var run = await executor.RunAsync(new Job { Key = sample.Name, Role = RunRole.Screen, Recipe = recipe with { Code = code } }, cancel);
        var last = ledger.ReadIncidents("court", run.Id) is [.., var incident] ? incident : null;
        var foul = run.Value is null && last is not null ? FoulPlay.Of(last) : null;
        return new(foul?.Rule, last?.Message ?? "", run.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await executor.DisposeAsync();
        lease.Dispose();
        ledger.Dispose();
        folder.Dispose();
    }

    private CodeOrder CodeOf(Recipe changed)
    {
        var hash = string.Concat(changed.Code.Block, changed.Code.Optimizer, changed.Code.Schedule, changed.Code.Loss);
        byte[] assembly;
        lock (gate) assembly = assemblies[hash];
        var directory = Path.Combine(ledger.Directory, "code");
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, $"{hash}.dll");
        if (!File.Exists(path)) File.WriteAllBytes(path, assembly);
        // Dearer than any of them is: what they cost is counted elsewhere.
        return new CodeOrder { Directory = directory, Assemblies = new Dictionary<string, string> { [hash] = Convert.ToHexStringLower(SHA256.HashData(assembly)) }, FlopsPerStep = 100 * executor.FlopsPerStep(recipe) };
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Anneal.Engine.Optimizers;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Code;

/// <summary>
/// Has the code of a recipe checked by a worker in the sandbox, once: whether it is sound, what a step costs, how many parameters
/// it has. The lab itself never runs it. Answers are kept under <c>code/checks</c>.
/// </summary>
/// <param name="store">Sources of the lab.</param>
/// <param name="allowUnsandboxed">Without a sandbox where there is none.</param>
/// <param name="memoryBytes">Resident memory that a check may use.</param>
internal sealed class CodeChecker(CodeStore store, bool allowUnsandboxed, long memoryBytes)
{
    // The runtime itself has some fifteen threads.
    private const int Tasks = 96;

    // Small cases, and two steps of the run at a pace that the slowest machine keeps.
    private const double Seconds = 60, FlopsPerSecond = 1e9;

    private const int LongestLine = 1 << 16;

    // The schedule is asked for each; the run's own length follows from what a step costs.
    private const long Steps = 1000;

    private readonly ConcurrentDictionary<string, Lazy<CheckResponse>> known = new(StringComparer.Ordinal);

    /// <summary>What is known of a recipe with code.</summary>
    /// <param name="recipe">A sound recipe with code.</param>
    /// <param name="vocab">Vocabulary of its tokenizer.</param>
    /// <exception cref="InputException">Code cannot be run on this machine, or the store is damaged.</exception>
    public CheckResponse Check(Recipe recipe, int vocab)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{recipe.Identity()}/{vocab}")));
        var answer = known.GetOrAdd(key, _ => new(() => Remembered(key) ?? Ask(key, recipe, vocab)));
        try
        {
            return answer.Value;
        }
        catch
        {
            known.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>The compiled code of a recipe, as a run is told of it.</summary>
    /// <param name="recipe">A recipe with code.</param>
    /// <exception cref="InputException">A source is missing, changed, or of another kind.</exception>
    public CodeOrder Order(Recipe recipe) => new()
    {
        Directory = store.Directory,
        Assemblies = Parts(recipe).ToDictionary(part => part.Hash, part => part.AssemblyHash, StringComparer.Ordinal),
    };

    private IEnumerable<StoredCode> Parts(Recipe recipe) =>
        from kind in Enum.GetValues<CodeKind>()
        let hash = kind.HashIn(recipe.Code)
        where hash.Length > 0
        select store.Find(kind, hash) ?? throw new InputException(Path.Combine(store.Directory, hash + ".cs"), $"is missing: the source of code.{kind.Word()}");

    private CheckResponse? Remembered(string key) => File.Exists(PathOf(key)) ? CheckResponse.Parse(File.ReadAllText(PathOf(key))) : null;

    private CheckResponse Ask(string key, Recipe recipe, int vocab)
    {
        var workers = CodeWorkers.Find(allowUnsandboxed, out var why) ?? throw new InputException($"code of {recipe.Identity()[..12]}", why!);
        var order = Order(recipe);
        var seconds = Seconds + 2 * RunLength.FlopsPerStep(recipe with { Code = new() }, vocab) / FlopsPerSecond;
        var limits = new SandboxSpec
        {
            ReadOnly = [.. order.Assemblies.Keys.Select(hash => Path.Combine(order.Directory, hash + ".dll"))],
            MemoryBytes = memoryBytes,
            Processes = Tasks,
            CpuSeconds = seconds,
            // A loaded machine may take many times as long by the clock.
            WallSeconds = seconds * 10,
        };
        var (answer, remember) = Task.Run(() => AskAsync(workers, limits, new CheckRequest(key, recipe, vocab, Steps, order))).GetAwaiter().GetResult();
        if (remember)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(key))!);
            AtomicFile.Write(PathOf(key), Encoding.UTF8.GetBytes(answer.ToJson()), durable: true);
        }

        return answer;
    }

    // What the process says of sound code is believed for its price alone, which its processor time is held against later.
    private static async Task<(CheckResponse Answer, bool Remember)> AskAsync(CodeWorkers workers, SandboxSpec limits, CheckRequest request)
    {
        using var child = Child.Start(workers.Command(limits, "check"), workers.Sandboxed);
        await using var watch = new SandboxWatch(child, limits);
        string? line = null;
        try
        {
            await child.Input.WriteLineAsync(request.ToJson());
            child.Input.Close();
            line = await ReadLineAsync(child.Output);
            if (line is null) child.Kill();
            child.DrainOutput();
        }
        catch (IOException)
        {
            // It ended before it heard all; what it left says why.
        }

        await child.Exit;
        if (watch.Breach is { } breach) return (Problem(request, $"a dry run of the code {breach.Detail}"), false);
        if (SandboxBreach.OfExit(child.ExitCode, limits) is { } killed) return (Problem(request, $"a dry run of the code {killed.Detail}"), false);
        var answer = line is null ? null : CheckResponse.Parse(line);
        if (answer is null || answer.Id != request.Id) return (Problem(request, $"a dry run of the code ended with exit code {child.ExitCode} and no answer: {PlainWords.Of(child.Errors)}"), false);
        if (answer.Error is { } error) throw new InputException("code", PlainWords.Of(error));
        if (answer.Problems is { Count: > 0 } problems) return (answer with { Problems = [.. problems.Take(10).Select(PlainWords.Of)] }, true);
        return answer is { FlopsPerStep: < double.PositiveInfinity, Parameters: > 0 } && answer.FlopsPerStep >= LeastPrice(request.Recipe, request.Vocab)
            ? (answer, true)
            : (Problem(request, $"a dry run of the code gave {answer.FlopsPerStep:G4} FLOPs a step, less than the parts of the trainer that are the lab's"), false);
    }

    // The output projection alone, where the blocks are code; else the trainer with the cheapest optimizer.
    private static double LeastPrice(Recipe recipe, int vocab) => recipe.Code.Block.Length > 0
        ? 6.0 * recipe.Data.BatchTokens * vocab * recipe.Model.Width
        : 0.99 * RunLength.FlopsPerStep(recipe with { Code = new(), Optimizer = recipe.Optimizer with { Kind = OptimizerKind.AdamW } }, vocab);

    // The first line; null where there is none, or one without an end.
    private static async Task<string?> ReadLineAsync(StreamReader output)
    {
        var line = new StringBuilder();
        var buffer = new char[1024];
        while (line.Length < LongestLine && await output.ReadAsync(buffer) is > 0 and var count)
        {
            var end = Array.IndexOf(buffer, '\n', 0, count);
            line.Append(buffer, 0, end < 0 ? count : end);
            if (end >= 0) return line.ToString();
        }

        return null;
    }

    private static CheckResponse Problem(CheckRequest request, string problem) => new(request.Id, Problems: [problem]);

    private string PathOf(string key) => Path.Combine(store.Directory, "checks", key + ".json");
}

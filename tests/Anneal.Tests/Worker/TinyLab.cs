using System.Diagnostics;
using System.Text;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Worker;

/// <summary>A temporary folder with a tiny tokenized corpus, and runs on it.</summary>
internal sealed class TinyLab : IDisposable
{
    private static readonly string[] words = ["the", "value", "of", "a", "string", "is", "returned", "when", "list", "empty", "count", "zero", "or", "null"];

    public TinyLab(int trainDocuments = 60, int heldDocuments = 12)
    {
        Root = Directory.CreateTempSubdirectory("anneal-worker-").FullName;
        Tokenizer = new ByteTokenizer();
        WriteSide(TrainDirectory, ("train", Documents(1, trainDocuments)));
        WriteSide(HeldDirectory, ("val", Documents(2, heldDocuments)), ("test", Documents(3, heldDocuments)));
    }

    public string Root { get; }

    public Tokenizer Tokenizer { get; }

    public string TrainDirectory => Path.Combine(Root, "train");

    public string HeldDirectory => Path.Combine(Root, "held");

    /// <summary>A recipe whose steps take about a millisecond.</summary>
    public static Recipe Recipe { get; } = new Recipe
    {
        Model = new() { Layers = 1, Width = 16, Heads = 2, Context = 32 },
        Tokenizer = new() { Kind = TokenizerKind.Bytes, Vocab = 257 },
        Data = new() { BatchTokens = 128 },
        Budget = new() { Tokens = 128 * 30 },
    };

    public RunOrder Order(Recipe? recipe = null) => new() { Recipe = recipe ?? Recipe, TrainDirectory = TrainDirectory, Vocab = 257, BlockStatisticsEvery = 10 };

    public RunDirectory Run(string name, RunOrder order) => RunDirectory.Create(Path.Combine(Root, "runs", name), order);

    /// <summary>Starts a worker with the test's own runtime; its standard streams are redirected.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Anneal.Worker.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs a worker to its end; returns its exit code and standard error.</summary>
    public static (int ExitCode, string Errors) RunToEnd(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static List<string> Documents(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(3, 40)).Select(_ => words[random.Next(words.Length)])))];
    }

    private void WriteSide(string directory, params (string Name, List<string> Documents)[] splits)
    {
        Directory.CreateDirectory(directory);
        Tokenizer.Save(Path.Combine(directory, "tokenizer.json"));
        foreach (var (name, documents) in splits)
            Shard.Write(Path.Combine(directory, $"{name}.bin"), [.. documents.SelectMany(d => Tokenizer.Encode(Encoding.UTF8.GetBytes(d)).Append(Tokenizer.EndOfText)).Select(t => (ushort)t)]);
        var domains = splits.Select(s => $"\"{s.Name}\":[{string.Join(',', s.Documents.Select((_, i) => i % 2))}]");
        File.WriteAllText(Path.Combine(directory, "domains.json"), $"{{\"domains\":[\"even\",\"odd\"],\"documents\":{{{string.Join(',', domains)}}}}}");
    }
}

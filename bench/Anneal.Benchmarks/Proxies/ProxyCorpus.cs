using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;

namespace Anneal.Benchmarks.Proxies;

/// <summary>The sample study's corpus, tokenized, with a fixed slice of its validation documents as the ruler.</summary>
internal sealed class ProxyCorpus : IDisposable
{
    private const int HeldTokens = 12 * 1024;

    private ProxyCorpus(Shard train, int[] held, double heldBytes, int vocab) => (Train, Held, HeldBytes, Vocab) = (train, held, heldBytes, vocab);

    public Shard Train { get; }

    /// <summary>First validation tokens.</summary>
    public int[] Held { get; }

    /// <summary>Bytes of text that they stand for.</summary>
    public double HeldBytes { get; }

    public int Vocab { get; }

    public static ProxyCorpus Open(int vocab)
    {
        string directory = Path.Combine(Path.GetTempPath(), "anneal-bench-corpus");
        var report = new Progress();
        var tokens = Corpus.Prepare("dotnet-docs", directory, progress: report).Tokenize(new TokenizerConfig { Vocab = vocab }, report);
        using var validation = Shard.Open(Path.Combine(tokens.HeldDirectory, "val.bin"));
        int[] held = [.. validation.Tokens[..Math.Min(HeldTokens, validation.Length)].ToArray().Select(t => (int)t)];
        var bytes = Tokenizer.Load(Path.Combine(tokens.TrainDirectory, "tokenizer.json")).BytesPerToken.ToArray();
        return new(Shard.Open(Path.Combine(tokens.TrainDirectory, "train.bin")), held, held.Skip(1).Sum(t => t == tokens.EndOfText ? 0.0 : bytes[t]), tokens.Vocab);
    }

    public void Dispose() => Train.Dispose();

    private sealed class Progress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}

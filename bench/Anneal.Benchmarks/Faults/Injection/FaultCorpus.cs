using System.Text;
using Anneal.Data;
using Anneal.Data.Readers;
using Anneal.Engine.Shards;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Real text of three domains, a byte a token, cut into short documents so that small batches see their ends.</summary>
internal sealed class FaultCorpus : IDisposable
{
    /// <summary>Bytes and the end of text.</summary>
    public const int Vocab = 257, EndOfText = 256;

    private const int DomainBytes = 1 << 20, LongestDocument = 240, HeldTokens = 1536, HeldEvery = 12;

    private readonly string folder = Directory.CreateTempSubdirectory("anneal-faults-").FullName;

    private FaultCorpus(IReadOnlyList<Domain> domains)
    {
        Domains = [.. domains.Select(domain => domain with { Shard = Open(domain.Name, domain.Train) })];
        Train = Open("train", [.. domains.SelectMany(domain => domain.Train)]);
    }

    /// <summary>All domains in one shard.</summary>
    public Shard Train { get; }

    public IReadOnlyList<Domain> Domains { get; }

    /// <summary>The reference documentation of .NET in two halves, and the system's manual (where there is none: a third part of the documentation).</summary>
    public static FaultCorpus Open()
    {
        var documentation = Corpus.Prepare("dotnet-docs", Path.Combine(Path.GetTempPath(), "anneal-bench-corpus"));
        var types = documentation.Read(Split.Train).ToList();
        var manual = Manual();
        return Of(
            ("system", types.Where(type => type.Domain.StartsWith("System", StringComparison.Ordinal)).Select(type => type.Text)),
            ("web", types.Where(type => type.Domain.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)).Select(type => type.Text)),
            ("manual", manual.Count > 0 ? manual : types.Where(type => type.Domain.StartsWith("Microsoft.Extensions", StringComparison.Ordinal)).Select(type => type.Text)));
    }

    /// <summary>A corpus of given texts; the third domain should be the one apart.</summary>
    public static FaultCorpus Of(params (string Name, IEnumerable<string> Documents)[] domains) => new([.. domains.Select(domain => Cut(domain.Name, domain.Documents))]);

    public void Dispose()
    {
        Train.Dispose();
        foreach (var domain in Domains) domain.Shard!.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static List<string> Manual()
    {
        try
        {
            return [.. Source.Open(Source.ManPagesName, new()).Documents.Take(400).Select(page => page.Text)];
        }
        catch (CorpusException)
        {
            return [];
        }
    }

    /// <summary>Paragraphs of up to <see cref="LongestDocument"/> bytes; of every <see cref="HeldEvery"/> documents two are held out whole.</summary>
    private static Domain Cut(string name, IEnumerable<string> documents)
    {
        List<ushort> train = [], held = [], test = [];
        var number = 0;
        foreach (var document in documents)
        {
            if (train.Count >= DomainBytes) break;
            var side = (number++ % HeldEvery) switch { 0 => held, 1 => test, _ => train };
            var text = Encoding.UTF8.GetBytes(document);
            for (var at = 0; at < text.Length;)
            {
                var end = Math.Min(text.Length, at + LongestDocument);
                var line = text.AsSpan(at, end - at).LastIndexOf((byte)'\n') + 1;
                if (line > LongestDocument / 3) end = at + line;
                foreach (var value in text.AsSpan(at, end - at)) side.Add(value);
                side.Add(EndOfText);
                at = end;
            }
        }
        return new(name, [.. train], Head(held), Head(test), null);

        static int[] Head(List<ushort> tokens) => [.. tokens.Take(HeldTokens + 1).Select(token => (int)token)];
    }

    private Shard Open(string name, ushort[] tokens)
    {
        var path = Path.Combine(folder, name + ".bin");
        Shard.Write(path, tokens);
        return Shard.Open(path);
    }
}

/// <summary>A slice of the corpus.</summary>
/// <param name="Name">In metric names.</param>
/// <param name="Train">Tokens to train on.</param>
/// <param name="Held">Tokens of other documents, on which a run evaluates itself.</param>
/// <param name="Test">Tokens of further documents, on which harm is measured.</param>
/// <param name="Shard">The train tokens as a shard.</param>
internal sealed record Domain(string Name, ushort[] Train, int[] Held, int[] Test, Shard? Shard);

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;

namespace Anneal.Data;

public sealed partial class Corpus
{
    /// <summary>Version of the tokenizers and of what lies beside a shard; it is part of the tokens' hash.</summary>
    private const int TokensVersion = 1;

    /// <summary>
    /// The corpus as shards of a tokenizer, trained on the train side if it must be. Kept in the corpus directory: the same
    /// configuration is tokenized once, and a second process waits for the first.
    /// </summary>
    /// <param name="config">Which tokenizer. A text too small for its vocabulary gives a smaller one.</param>
    /// <param name="progress">Told in a line what is being done.</param>
    /// <exception cref="CorpusException">The configuration is out of range.</exception>
    public TokenizedCorpus Tokenize(TokenizerConfig config, IProgress<string>? progress = null)
    {
        if (config.Kind == TokenizerKind.Bytes)
            config = new TokenizerConfig { Kind = TokenizerKind.Bytes, Vocab = 257 };
        else if (config.Vocab is < 257 or > 65536)
            throw new CorpusException($"tokenizer.vocab is {config.Vocab}, expected 257 to 65536 (the 256 bytes, the merges, end-of-text)");
        else if (config.Digits is < 1 or > WordSplit.MostDigits)
            throw new CorpusException($"tokenizer.digits is {config.Digits}, expected 1 to {WordSplit.MostDigits}");

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{TokensVersion} {Manifest.ContentHash} {config.Kind} {config.Vocab} {config.Digits}")));
        var name = config.Kind == TokenizerKind.Bytes ? $"bytes-{hash[..8]}" : $"bpe-{config.Vocab}-{hash[..8]}";
        var train = CorpusLayout.TrainTokens(Directory, name);
        var held = CorpusLayout.HeldTokens(Directory, name);
        if (!System.IO.Directory.Exists(train) || !System.IO.Directory.Exists(held))
            AtomicDirectory.Locked(Path.Combine(Directory, "tokens"), progress, () => WriteTokens(config, train, held, progress));
        var vocab = Tokenizer.Tokenizer.Load(Path.Combine(train, "tokenizer.json")).Vocab;
        return new TokenizedCorpus(train, held, vocab, vocab - 1, hash);
    }

    /// <summary>Writes both directories, each whole or not at all.</summary>
    private bool WriteTokens(TokenizerConfig config, string train, string held, IProgress<string>? progress)
    {
        if (System.IO.Directory.Exists(train) && System.IO.Directory.Exists(held))
            return true; // another process was first
        foreach (var torn in new[] { train, held }.Where(System.IO.Directory.Exists))
            System.IO.Directory.Delete(torn, recursive: true);
        var tokenizer = Train(config, progress);
        AtomicDirectory.Create(held, partial => Fill(partial, [(Split.Validation, "val"), (Split.Test, "test")]));
        AtomicDirectory.Create(train, partial => Fill(partial, [(Split.Train, "train")]));
        return true;

        void Fill(string directory, (Split Split, string Name)[] shards)
        {
            var domains = Manifest.Domains.Keys.ToList();
            var number = domains.Index().ToDictionary(d => d.Item, d => d.Index, StringComparer.Ordinal);
            var documents = new Dictionary<string, int[]>();
            foreach (var (split, name) in shards)
            {
                documents[name] = [.. WriteShard(Path.Combine(directory, $"{name}.bin"), split, tokenizer).Select(domain => number[domain])];
                progress?.Report($"tokenized {name}: {documents[name].Length:N0} documents");
            }
            tokenizer.Save(Path.Combine(directory, "tokenizer.json"));
            File.WriteAllBytes(Path.Combine(directory, "domains.json"), JsonSerializer.SerializeToUtf8Bytes(new { domains, documents }));
        }
    }

    private Tokenizer.Tokenizer Train(TokenizerConfig config, IProgress<string>? progress)
    {
        if (config.Kind == TokenizerKind.Bytes)
            return new ByteTokenizer();
        var words = new WordCounts(config.Digits);
        foreach (var document in Read(Split.Train))
            words.Add(Encoding.UTF8.GetBytes(document.Text));
        progress?.Report($"learning {config.Vocab - 257:N0} merges from {words.Counts.Count:N0} different words");
        return new BpeTokenizer(BpeTrainer.Train(words.Counts, config.Vocab - 257), config.Digits);
    }

    /// <summary>Writes the documents of a side, each followed by end-of-text; returns their domains in order.</summary>
    private List<string> WriteShard(string path, Split split, Tokenizer.Tokenizer tokenizer)
    {
        var domains = new List<string>();
        var ids = new List<int>();
        var tokens = new List<ushort>();
        foreach (var document in Read(split))
        {
            ids.Clear();
            tokenizer.Encode(Encoding.UTF8.GetBytes(document.Text), ids);
            foreach (var id in ids)
                tokens.Add((ushort)id);
            tokens.Add((ushort)tokenizer.EndOfText);
            domains.Add(document.Domain);
        }
        Shard.Write(path, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens));
        return domains;
    }
}

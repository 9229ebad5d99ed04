using System.Text;
using System.Text.Json;
using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;
using AnyTokenizer = Anneal.Data.Tokenizer.Tokenizer;

namespace Anneal.Tests.Data;

public sealed class TokenizeTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private Corpus Prepare()
    {
        var random = new Random(1);
        var source = _place.WriteDocuments("in.jsonl", Enumerable.Range(0, 120).Select(i => ($"Nº {i}: {Words.Text(random, 80)} 😀", $"domain{i % 3}")));
        return Corpus.Prepare(source, _place.Path("corpus"), new CorpusOptions { Validation = 0.15, Test = 0.15 });
    }

    private static List<List<int>> Documents(string shard, int endOfText)
    {
        using var open = Shard.Open(shard);
        var documents = new List<List<int>> { new() };
        foreach (var token in open.Tokens)
            if (token == endOfText)
                documents.Add([]);
            else
                documents[^1].Add(token);
        documents[^1].ShouldBeEmpty(); // every document is followed by end-of-text
        documents.RemoveAt(documents.Count - 1);
        return documents;
    }

    [Theory]
    [InlineData(TokenizerKind.Bpe, 500)]
    [InlineData(TokenizerKind.Bytes, 257)]
    public void Shards_hold_every_document_of_their_side_with_its_domain_and_its_exact_bytes(TokenizerKind kind, int vocab)
    {
        var corpus = Prepare();
        var tokens = corpus.Tokenize(new TokenizerConfig { Kind = kind, Vocab = vocab });
        (tokens.Vocab, tokens.EndOfText).ShouldBe((vocab, vocab - 1));
        foreach (var (split, directory, name) in new[] { (Split.Train, tokens.TrainDirectory, "train"), (Split.Validation, tokens.HeldDirectory, "val"), (Split.Test, tokens.HeldDirectory, "test") })
        {
            var tokenizer = AnyTokenizer.Load(Path.Combine(directory, "tokenizer.json"));
            var documents = Documents(Path.Combine(directory, $"{name}.bin"), tokens.EndOfText);
            documents.Select(d => Encoding.UTF8.GetString(tokenizer.Decode(d.ToArray()))).ShouldBe(corpus.Read(split).Select(d => d.Text));

            // Bits per byte divides by the sum of the table over the tokens: it must be the bytes of the text.
            var bytesPerToken = tokenizer.BytesPerToken.ToArray();
            bytesPerToken[tokens.EndOfText].ShouldBe(0);
            documents.Sum(d => d.Sum(id => (long)bytesPerToken[id])).ShouldBe(corpus.Read(split).Sum(d => (long)Encoding.UTF8.GetByteCount(d.Text)));

            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "domains.json")));
            var names = json.RootElement.GetProperty("domains").EnumerateArray().Select(d => d.GetString()!).ToList();
            names.ShouldBe(["domain0", "domain1", "domain2"]);
            json.RootElement.GetProperty("documents").GetProperty(name).EnumerateArray().Select(i => names[i.GetInt32()]).ShouldBe(corpus.Read(split).Select(d => d.Domain));
        }
    }

    [Fact]
    public void Bits_per_byte_by_hand()
    {
        // "the" in the train side makes 't','h','e' one token: 3 bytes. A model at ln 2 nats a token pays 1 bit a token.
        var tokenizer = new BpeTokenizer([('t', 'h'), (256, 'e')], 3);
        var ids = tokenizer.Encode("the then"u8); // the, blank, t-h-e as one, n
        ids.ShouldBe([257, ' ', 257, 'n']);
        var table = tokenizer.BytesPerToken;
        (table[257], table[256], table[' '], table[tokenizer.EndOfText]).ShouldBe((3, 2, 1, 0));
        var bytes = ids.Sum(id => tokenizer.BytesPerToken[id]);
        bytes.ShouldBe(8);
        const double bitsPerToken = 1;
        ((ids.Length + 1) * bitsPerToken / bytes).ShouldBe(5.0 / 8); // end-of-text adds loss and no bytes
    }

    [Fact]
    public void What_a_run_may_see_lies_apart_from_what_is_held_out()
    {
        var corpus = Prepare();
        var tokens = corpus.Tokenize(new TokenizerConfig { Vocab = 400 });
        Path.GetRelativePath(corpus.Directory, tokens.TrainDirectory).ShouldStartWith("train");
        Path.GetRelativePath(corpus.Directory, tokens.HeldDirectory).ShouldStartWith("held");
        var held = corpus.Read(Split.Validation).Concat(corpus.Read(Split.Test)).Select(d => d.Id).ToHashSet();
        corpus.Read(Split.Train).ShouldAllBe(d => !held.Contains(d.Id));
        Directory.GetFiles(tokens.TrainDirectory).Select(f => Path.GetFileName(f)).ShouldBe(["train.bin", "tokenizer.json", "domains.json"], ignoreOrder: true);
        Directory.GetFiles(tokens.HeldDirectory).Select(f => Path.GetFileName(f)).ShouldBe(["val.bin", "test.bin", "tokenizer.json", "domains.json"], ignoreOrder: true);
    }

    [Fact]
    public void The_tokenizer_learns_from_the_train_side_only()
    {
        var corpus = Prepare();
        var words = new WordCounts(3);
        foreach (var document in corpus.Read(Split.Train))
            words.Add(Encoding.UTF8.GetBytes(document.Text));
        var tokens = corpus.Tokenize(new TokenizerConfig { Vocab = 400 });
        ((BpeTokenizer)AnyTokenizer.Load(Path.Combine(tokens.HeldDirectory, "tokenizer.json"))).Merges.ShouldBe(BpeTrainer.Train(words.Counts, 400 - 257));
    }

    [Fact]
    public void Tokens_are_made_once_for_a_configuration()
    {
        var corpus = Prepare();
        var first = corpus.Tokenize(new TokenizerConfig { Vocab = 400 });
        var written = File.GetLastWriteTimeUtc(Path.Combine(first.TrainDirectory, "train.bin"));
        corpus.Tokenize(new TokenizerConfig { Vocab = 400 }).ShouldBe(first);
        File.GetLastWriteTimeUtc(Path.Combine(first.TrainDirectory, "train.bin")).ShouldBe(written);
        corpus.Tokenize(new TokenizerConfig { Vocab = 401 }).TrainDirectory.ShouldNotBe(first.TrainDirectory);
        corpus.Tokenize(new TokenizerConfig { Vocab = 400, Digits = 1 }).TrainDirectory.ShouldNotBe(first.TrainDirectory);
    }

    [Fact]
    public void Held_out_shards_without_train_shards_are_made_again()
    {
        var corpus = Prepare();
        var first = corpus.Tokenize(new TokenizerConfig { Vocab = 400 });
        var bytes = File.ReadAllBytes(Path.Combine(first.TrainDirectory, "train.bin"));
        Directory.Move(first.TrainDirectory, first.TrainDirectory + ".partial"); // as a process killed in between leaves it
        File.WriteAllText(Path.Combine(first.HeldDirectory, "val.bin"), "damaged");
        corpus.Tokenize(new TokenizerConfig { Vocab = 400 }).ShouldBe(first);
        File.ReadAllBytes(Path.Combine(first.TrainDirectory, "train.bin")).ShouldBe(bytes);
        Shard.Open(Path.Combine(first.HeldDirectory, "val.bin")).Dispose();
    }

    [Theory]
    [InlineData(256, 3, "tokenizer.vocab is 256, expected 257 to 65536")]
    [InlineData(70000, 3, "tokenizer.vocab is 70000")]
    [InlineData(512, 4, "tokenizer.digits is 4, expected 1 to 3")]
    public void A_configuration_out_of_range_is_refused(int vocab, int digits, string says) =>
        Should.Throw<CorpusException>(() => Prepare().Tokenize(new TokenizerConfig { Vocab = vocab, Digits = digits })).Message.ShouldContain(says);
}

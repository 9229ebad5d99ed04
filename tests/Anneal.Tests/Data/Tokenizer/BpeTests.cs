using System.Text;
using Anneal.Data;
using Anneal.Data.Tokenizer;
using FsCheck;
using FsCheck.Fluent;
using AnyTokenizer = Anneal.Data.Tokenizer.Tokenizer;

namespace Anneal.Tests.Data.Tokenizer;

public sealed class BpeTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private static BpeTokenizer Trained(int vocab = 700, int digits = 3)
    {
        var words = new WordCounts(digits);
        words.Add(Encoding.UTF8.GetBytes(Words.Text(new Random(6), 20_000) + " 12345 don't naïve 日本語 😀"));
        return new BpeTokenizer(BpeTrainer.Train(words.Counts, vocab - 257), digits);
    }

    /// <summary>Words over few letters, so that ties, repeats and overlaps abound.</summary>
    private static Dictionary<byte[], long> SmallWords(Random random)
    {
        var words = new Dictionary<byte[], long>(ByteSpanComparer.Instance);
        for (var i = random.Next(1, 40); i > 0; i--)
            words[[.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (byte)('a' + random.Next(3)))]] = random.Next(1, 6);
        return words;
    }

    [Fact]
    public void Training_learns_what_the_naive_reference_learns() =>
        Prop.ForAll<int>(seed =>
        {
            var words = SmallWords(new Random(seed));
            BpeTrainer.Train(words, 60).ShouldBe(NaiveBpe.Train(words, 60));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(41, 43));

    [Fact]
    public void Training_on_text_learns_what_the_naive_reference_learns()
    {
        var words = new WordCounts(3);
        words.Add(Encoding.UTF8.GetBytes(Words.Text(new Random(7), 3000)));
        BpeTrainer.Train(words.Counts, 150).ShouldBe(NaiveBpe.Train(words.Counts, 150));
    }

    [Fact]
    public void Encoding_a_word_applies_the_merges_as_the_naive_reference_does() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var merges = BpeTrainer.Train(SmallWords(random), 40);
            var table = merges.Index().ToDictionary(m => m.Item, m => 256 + m.Index);
            byte[] word = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (byte)('a' + random.Next(3)))];
            var expected = NaiveBpe.Encode(word, merges);
            WordMerge.Scan(word, table).ShouldBe(expected);
            WordMerge.Heap(word, table).ShouldBe(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(51, 53));

    [Fact]
    public void Any_bytes_survive_the_round_trip()
    {
        var tokenizer = Trained();
        Prop.ForAll<byte[]>(bytes => tokenizer.Decode(tokenizer.Encode(bytes)).ShouldBe(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(61, 63));
        Prop.ForAll<string>(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            tokenizer.Decode(tokenizer.Encode(bytes)).ShouldBe(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(71, 73));
    }

    [Fact]
    public void Text_gets_shorter_and_end_of_text_is_never_produced()
    {
        var tokenizer = Trained();
        var text = Encoding.UTF8.GetBytes(Words.Text(new Random(99), 5000));
        var ids = tokenizer.Encode(text);
        ids.Length.ShouldBeLessThan(text.Length / 2);
        ids.ShouldAllBe(id => id < tokenizer.EndOfText);
        tokenizer.Encode("<|endoftext|>"u8).ShouldAllBe(id => id < tokenizer.EndOfText);
        tokenizer.Encode([]).ShouldBeEmpty();
    }

    [Fact]
    public void A_megabyte_without_a_blank_is_encoded()
    {
        var tokenizer = Trained();
        var text = new byte[1 << 20];
        new Random(1).NextBytes(text);
        foreach (ref var b in text.AsSpan())
            b = (byte)('a' + b % 26);
        tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(text);
    }

    [Fact]
    public void A_text_with_few_pairs_gives_a_smaller_vocabulary()
    {
        var words = new WordCounts(3);
        words.Add("ab ab ab"u8);
        var tokenizer = new BpeTokenizer(BpeTrainer.Train(words.Counts, 1000), 3);
        tokenizer.Vocab.ShouldBe(256 + 2 + 1); // "ab", " ab"
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_file_gives_back_the_same_tokenizer(int digits)
    {
        var tokenizer = Trained(digits: digits);
        var path = _place.Path("tokenizer.json");
        tokenizer.Save(path);
        var back = (BpeTokenizer)AnyTokenizer.Load(path);
        back.Merges.ShouldBe(tokenizer.Merges);
        (back.Vocab, back.Digits).ShouldBe((tokenizer.Vocab, digits));
        new ByteTokenizer().Save(path);
        AnyTokenizer.Load(path).Vocab.ShouldBe(257);
    }

    [Theory]
    [InlineData("not json", "no tokenizer of this program")]
    [InlineData("{}", "no tokenizer of this program")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0,\"b\":1},\"merges\":[[\"a\",\"b\"]]}}", "no tokenizer of this program")]
    public void A_file_that_is_no_tokenizer_is_refused(string content, string says) =>
        Should.Throw<CorpusException>(() => AnyTokenizer.Load(_place.Write("tokenizer.json", content))).Message.ShouldContain(says);

    [Fact]
    public void An_id_outside_the_vocabulary_cannot_be_decoded() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ByteTokenizer().Decode([65, 257])).Message.ShouldContain("outside the vocabulary of 257");
}

using System.Text;
using System.Text.RegularExpressions;
using Anneal.Data.Tokenizer;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Data.Tokenizer;

public class WordSplitTests
{
    private static List<string> Split(string text, int digits = 3) => [.. Split(Encoding.UTF8.GetBytes(text), digits).Select(Encoding.UTF8.GetString)];

    private static List<byte[]> Split(byte[] text, int digits)
    {
        var words = new List<byte[]>();
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var length = WordSplit.Next(rest, digits);
            length.ShouldBeInRange(1, rest.Length);
            words.Add(rest[..length].ToArray());
            rest = rest[length..];
        }
        return words;
    }

    [Fact]
    public void Words_take_their_leading_blank_and_contractions_stand_alone() =>
        Split("I'm sure they'LL  see (it) at 12345.67!\r\n\n  Yes\n").ShouldBe(
            ["I", "'m", " sure", " they", "'LL", " ", " see", " (", "it", ")", " at", " ", "123", "45", ".", "67", "!\r\n\n", " ", " Yes", "\n"]);

    [Fact]
    public void Digit_groups_are_as_long_as_asked()
    {
        Split("12345", 1).ShouldBe(["1", "2", "3", "4", "5"]);
        Split("12345", 2).ShouldBe(["12", "34", "5"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_cut_is_that_of_the_pattern_written_to_the_file(int digits)
    {
        var regex = new Regex(WordSplit.Pattern(digits), RegexOptions.CultureInvariant);
        var pieces = new[] { " ", " ", "\n", "\r\n", "\t", "'", "'s", "'Re", "don", "a", "Zz", "é", "日本", "ß", "1", "23", "٣", "½", ".", "--", "(", "…", "\u00A0", "\u2028", "\u0085", "_", "ʼ", "\u0301", "\0" };
        Prop.ForAll(Gen.Elements(pieces).ListOf().ToArbitrary(), list =>
        {
            var text = string.Concat(list);
            Split(text, digits).ShouldBe(regex.Matches(text).Select(m => m.Value));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(21, 23));
    }

    [Fact]
    public void Any_bytes_are_cut_without_loss() =>
        Prop.ForAll<byte[]>(bytes => Split(bytes, 3).SelectMany(w => w).ShouldBe(bytes))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(31, 33));
}

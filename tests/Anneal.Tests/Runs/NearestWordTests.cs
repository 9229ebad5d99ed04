using Anneal.Runs;

namespace Anneal.Tests.Runs;

public class NearestWordTests
{
    [Theory]
    [InlineData("layrs", "layers")]
    [InlineData("laeyrs", "layers")]
    [InlineData("LAYERS", "layers")]
    [InlineData("widht", "width")]
    [InlineData("warmupp", "warmup")]
    [InlineData("warm_up", "warmup")]
    [InlineData("colour", null)]
    [InlineData("x", null)]
    public void The_nearest_word_is_found_or_none(string word, string? nearest) =>
        NearestWord.Find(word, ["layers", "width", "heads", "warmup"]).ShouldBe(nearest);

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distance_is_the_optimal_string_alignment(string a, string b, int distance)
    {
        NearestWord.Distance(a, b).ShouldBe(distance);
        NearestWord.Distance(b, a).ShouldBe(distance);
    }
}

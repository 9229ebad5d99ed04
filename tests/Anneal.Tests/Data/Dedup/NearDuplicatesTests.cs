using System.Runtime.InteropServices;
using Anneal.Data.Dedup;

namespace Anneal.Tests.Data.Dedup;

public class NearDuplicatesTests
{
    private static HashSet<uint> Set(string text)
    {
        var shingles = new List<uint>();
        Shingles.Hash(text, shingles);
        return [.. shingles];
    }

    private static uint[] Sign(string text)
    {
        var shingles = new List<uint>();
        Shingles.Hash(text, shingles);
        var signature = new uint[MinHash.Lanes];
        MinHash.Sign(CollectionsMarshal.AsSpan(shingles), signature);
        return signature;
    }

    private static double Jaccard(string a, string b)
    {
        var (x, y) = (Set(a), Set(b));
        var common = x.Count(y.Contains);
        return (double)common / (x.Count + y.Count - common);
    }

    /// <summary>A text and a copy with a run of words exchanged, so that the true similarity is about the one asked for.</summary>
    private static (string Original, string Copy) Plant(Random random, double similarity)
    {
        const int length = 300;
        var words = Words.Text(random, length).Split(' ');
        var copy = words.ToArray();
        // A run of r new words changes r + 4 shingles of n: J = (n - r - 4) / (n + r + 4).
        var changed = (int)Math.Round((length - 4) * (1 - similarity) / (1 + similarity)) - 4;
        var start = random.Next(5, length - changed - 5);
        for (var i = start; i < start + changed; i++)
            copy[i] = $"new{Words.Draw(random)}";
        return (string.Join(' ', words), string.Join(' ', copy));
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0.2)]
    public void Signatures_estimate_the_true_similarity(double similarity)
    {
        var random = new Random(1);
        var errors = Enumerable.Range(0, 200).Select(_ =>
        {
            var (a, b) = Plant(random, similarity);
            return MinHash.Similarity(Sign(a), Sign(b)) - Jaccard(a, b);
        }).ToList();
        errors.Average().ShouldBe(0, 0.015);
        Math.Sqrt(errors.Average(e => e * e)).ShouldBeLessThan(0.055); // sqrt(0.25 / 112) = 0.047 at most
    }

    [Fact]
    public void At_least_nine_of_ten_planted_duplicates_at_080_are_found_and_hardly_any_pair_at_050_is_called_one()
    {
        var random = new Random(2);
        var index = new NearDuplicates();
        var planted = Enumerable.Range(0, 1000).Select(i => Plant(random, i < 500 ? 0.8 : 0.5)).ToList();
        foreach (var (original, _) in planted)
            index.Add(Sign(original));
        var found = planted.Select(p => index.Find(Sign(p.Copy))).ToList();
        Enumerable.Range(0, 500).Average(i => Jaccard(planted[i].Original, planted[i].Copy)).ShouldBe(0.8, 0.01);
        Enumerable.Range(500, 500).Average(i => Jaccard(planted[i].Original, planted[i].Copy)).ShouldBe(0.5, 0.01);

        found.Take(500).Index().Count(f => f.Item.Contains(f.Index, NearDuplicates.Duplicate)).ShouldBeGreaterThanOrEqualTo(475);
        found.Skip(500).Index().Count(f => f.Item.Contains(f.Index + 500, NearDuplicates.Duplicate)).ShouldBeLessThanOrEqualTo(2);
        found.Index().Sum(f => f.Item.Count(c => c.Text != f.Index)).ShouldBe(0); // unrelated texts never meet
    }

    [Fact]
    public void Case_punctuation_and_digits_do_not_tell_texts_apart() =>
        Set("The Vector128 type, with 16 lanes: fast.").ShouldBe(Set("the vector256 TYPE with 32 lanes -- fast"), ignoreOrder: true);

    [Fact]
    public void A_text_of_few_words_is_one_shingle_and_one_without_words_is_none()
    {
        Set("two words").Count.ShouldBe(1);
        Set("two words").ShouldNotBe(Set("other words"));
        Set("!? ...").ShouldBeEmpty();
    }

    [Fact]
    public void Exact_identity_ignores_case_and_white_space_only()
    {
        ExactText.Hash(" A  b\r\n\tC ").ShouldBe(ExactText.Hash("a b c"));
        ExactText.Hash("a b").ShouldNotBe(ExactText.Hash("ab"));
        ExactText.Hash("a-b").ShouldNotBe(ExactText.Hash("a+b"));
        ExactText.Hash("a1").ShouldNotBe(ExactText.Hash("a2"));
    }
}

file static class Found
{
    public static bool Contains(this List<(int Text, double Similarity)> found, int text, double similarity) =>
        found.Exists(f => f.Text == text && f.Similarity >= similarity);
}

using Anneal.Data;
using Anneal.Data.Dedup;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Data;

public class SplitTests
{
    /// <summary>Families of texts: members copy a parent exactly, nearly, or loosely.</summary>
    private static List<(string Text, string Domain)> Families(Random random)
    {
        var documents = new List<(string, string)>();
        for (var family = 0; family < 60; family++)
        {
            var parent = Words.Text(random, 120).Split(' ');
            var domain = $"domain{random.Next(5)}";
            documents.Add((string.Join(' ', parent), domain));
            for (var member = random.Next(4); member > 0; member--)
            {
                var copy = parent.ToArray();
                var start = random.Next(60);
                var changed = new[] { 0, 4, 12, 50 }[random.Next(4)];
                for (var i = start; i < start + changed; i++)
                    copy[i] = Words.Draw(random);
                documents.Add((string.Join(random.Next(2) == 0 ? " " : "\n", copy), domain));
            }
        }
        return documents;
    }

    private static HashSet<uint> Set(string text)
    {
        var shingles = new List<uint>();
        Shingles.Hash(text, shingles);
        return [.. shingles];
    }

    [Fact]
    public void No_duplicate_near_duplicate_or_group_stands_on_two_sides() =>
        Prop.ForAll<int>(seed =>
        {
            using var place = new Workplace();
            var source = place.WriteDocuments("in.jsonl", Families(new Random(seed)));
            var corpus = Corpus.Prepare(source, place.Path("out"), new CorpusOptions { Seed = seed, Validation = 0.2, Test = 0.2 });
            var all = Enum.GetValues<Split>().SelectMany(split => corpus.Read(split).Select(d => (Split: split, Document: d, Set: Set(d.Text)))).ToList();
            all.Select(d => ExactText.Hash(d.Document.Text)).ShouldBeUnique();
            all.Select(d => d.Split).Distinct().Count().ShouldBe(3);
            for (var i = 0; i < all.Count; i++)
                for (var j = i + 1; j < all.Count; j++)
                {
                    var common = all[i].Set.Count(all[j].Set.Contains);
                    var similarity = (double)common / (all[i].Set.Count + all[j].Set.Count - common);
                    if (all[i].Split != all[j].Split)
                        similarity.ShouldBeLessThan(0.7);
                    else
                        similarity.ShouldBeLessThan(0.9); // a nearer one was removed, wherever it stood
                }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(11, 13));

    [Fact]
    public void Parts_of_one_group_stay_together_and_the_sides_have_the_sizes_asked_for()
    {
        using var place = new Workplace();
        var random = new Random(8);
        for (var file = 0; file < 120; file++)
            place.Write($"in/part{file % 4}/{file}.txt", Words.Text(random, 600 + random.Next(1500)));
        var corpus = Corpus.Prepare(place.Path("in"), place.Path("out"), new CorpusOptions { LongestDocument = 2000, Validation = 0.1, Test = 0.1 });
        Enum.GetValues<Split>().SelectMany(split => corpus.Read(split).Select(d => (split, d.Group))).Distinct().Count().ShouldBe(120);
        var total = (double)corpus.Manifest.Bytes;
        (corpus.Manifest.Validation.Bytes / total).ShouldBe(0.1, 0.02);
        (corpus.Manifest.Test.Bytes / total).ShouldBe(0.1, 0.02);
    }

    [Fact]
    public void A_single_long_file_is_split_by_its_parts()
    {
        using var place = new Workplace();
        var corpus = Corpus.Prepare(place.Write("book.txt", Words.Text(new Random(9), 30_000)), place.Path("out"));
        corpus.Manifest.Train.Documents.ShouldBeGreaterThan(corpus.Manifest.Validation.Documents);
        corpus.Manifest.Validation.Documents.ShouldBeGreaterThan(0);
        corpus.Manifest.Test.Documents.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Even_a_handful_of_texts_leaves_no_side_empty(int texts)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var sizes = Enumerable.Range(0, texts).Select(i => ($"text {i}", (long)random.Next(1, 1000))).ToList();
            var sides = SplitAssignment.Assign(sizes, new CorpusOptions { Seed = seed, Validation = 0.4, Test = 0.4 });
            sides.Distinct().Count().ShouldBe(3);
        }
    }

    [Fact]
    public void Two_texts_are_too_few() =>
        Should.Throw<CorpusException>(() => SplitAssignment.Assign([("a", 1), ("b", 1)], new CorpusOptions())).Message.ShouldContain("need at least 3");

    [Fact]
    public void A_text_that_is_added_moves_hardly_any_other()
    {
        var random = new Random(4);
        var sizes = Enumerable.Range(0, 1000).Select(i => ($"text {i}", (long)random.Next(100, 200))).ToList();
        var before = SplitAssignment.Assign(sizes, new CorpusOptions());
        var after = SplitAssignment.Assign([.. sizes, ("a new one", 150)], new CorpusOptions());
        before.Zip(after).Count(s => s.First != s.Second).ShouldBeLessThan(5);
    }

    [Fact]
    public void Every_beginning_of_the_held_out_order_is_a_fair_sample_of_the_domains()
    {
        var documents = Enumerable.Range(0, 1000).Select(i => (Id: $"{i}", Domain: i < 700 ? "large" : i < 900 ? "middle" : "small")).ToList();
        var order = SplitAssignment.Interleave(documents, d => d.Domain, d => d.Id, seed: 3);
        order.ShouldBe(documents, ignoreOrder: true);
        foreach (var first in new[] { 50, 100, 500 })
        {
            ((double)order.Take(first).Count(d => d.Domain == "large")).ShouldBe(0.7 * first, 2);
            ((double)order.Take(first).Count(d => d.Domain == "small")).ShouldBe(0.1 * first, 2);
        }
        order.Take(20).ShouldNotBe(SplitAssignment.Interleave(documents, d => d.Domain, d => d.Id, seed: 4).Take(20));
        SplitAssignment.Interleave(Enumerable.Reverse(documents), d => d.Domain, d => d.Id, seed: 3).ShouldBe(order);
    }
}

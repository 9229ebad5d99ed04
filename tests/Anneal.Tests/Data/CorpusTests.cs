using Anneal.Data;

namespace Anneal.Tests.Data;

public sealed class CorpusTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private string Source(int seed = 1, int documents = 100)
    {
        var random = new Random(seed);
        return _place.WriteDocuments($"in{seed}.jsonl", Enumerable.Range(0, documents).Select(i => (Words.Text(random, 80), $"domain{i % 3}")));
    }

    private sealed class Messages : IProgress<string>
    {
        public List<string> Said { get; } = [];

        public Action<string> On { get; init; } = _ => { };

        public void Report(string value)
        {
            Said.Add(value);
            On(value);
        }
    }

    [Fact]
    public void The_manifest_counts_what_was_read_removed_and_kept()
    {
        var random = new Random(2);
        var texts = Enumerable.Range(0, 50).Select(_ => Words.Text(random, 100)).ToList();
        var near = texts[0].Split(' ');
        near[50] = "different";
        var source = _place.WriteDocuments("in.jsonl", [.. texts.Select((t, i) => (t, $"d{i % 2}")), (texts[3].ToUpperInvariant(), "d0"), (string.Join(' ', near), "d1")]);
        var manifest = Corpus.Prepare(source, _place.Path("out")).Manifest;
        manifest.DocumentsRead.ShouldBe(52);
        manifest.ExactDuplicates.ShouldBe(1);
        manifest.NearDuplicates.ShouldBe(1);
        manifest.Documents.ShouldBe(50);
        manifest.Clusters.ShouldBe(50);
        manifest.Bytes.ShouldBe(texts.Sum(t => t.Length));
        manifest.Domains.Select(d => (d.Key, d.Value.Documents)).ShouldBe([("d0", 25), ("d1", 25)]);
        manifest.Domains.Values.Sum(d => d.Bytes).ShouldBe(manifest.Bytes);
        manifest.Sources.ShouldBe([source]);
    }

    [Fact]
    public void The_same_source_gives_the_same_bytes_and_another_seed_another_split()
    {
        var source = Source();
        var first = Corpus.Prepare(source, _place.Path("one")).Manifest;
        Corpus.Prepare(source, _place.Path("two")).Manifest.ContentHash.ShouldBe(first.ContentHash);
        Corpus.Prepare(source, _place.Path("three"), new CorpusOptions { Seed = 2 }).Manifest.ContentHash.ShouldNotBe(first.ContentHash);
    }

    [Fact]
    public void A_prepared_corpus_is_used_again_and_says_so_when_its_source_has_changed()
    {
        var source = Source();
        var first = Corpus.Prepare(source, _place.Path("out"));
        var messages = new Messages();
        Corpus.Prepare(source, _place.Path("out"), progress: messages).Manifest.ContentHash.ShouldBe(first.Manifest.ContentHash);
        messages.Said.Single().ShouldStartWith("corpus is prepared: 100 documents");
        File.AppendAllText(source, "{\"text\":\"more\"}\n");
        Corpus.Prepare(source, _place.Path("out"), progress: messages);
        messages.Said[^1].ShouldContain("its source files have changed since");
        File.Delete(source);
        Corpus.Prepare(source, _place.Path("out")).Manifest.ContentHash.ShouldBe(first.Manifest.ContentHash);
    }

    [Fact]
    public void A_directory_that_holds_something_else_is_left_alone()
    {
        var out1 = _place.Path("out");
        Corpus.Prepare(Source(1), out1);
        Should.Throw<CorpusException>(() => Corpus.Prepare(Source(2), out1)).Message.ShouldContain("choose another directory");
        Should.Throw<CorpusException>(() => Corpus.Prepare(Source(1), out1, new CorpusOptions { Seed = 9 })).Message.ShouldContain("Seed = 9");
        _place.Write("mine/thesis.tex", "years of work");
        Should.Throw<CorpusException>(() => Corpus.Prepare(Source(1), _place.Path("mine"))).Message.ShouldContain("holds files but no corpus.json");
        File.ReadAllText(_place.Path("mine/thesis.tex")).ShouldBe("years of work");
    }

    [Fact]
    public void A_corpus_that_was_changed_is_not_opened()
    {
        var out1 = Corpus.Prepare(Source(), _place.Path("out")).Directory;
        File.AppendAllText(Path.Combine(out1, "held", "val.jsonl"), "\n");
        Should.Throw<CorpusException>(() => Corpus.Open(out1)).Message.ShouldContain("changed since it was prepared");
        File.WriteAllText(Path.Combine(out1, "corpus.json"), "{\n  \"version\": oops");
        Should.Throw<CorpusException>(() => Corpus.Open(out1)).Message.ShouldContain("corpus.json:2: damaged");
        Should.Throw<CorpusException>(() => Corpus.Open(_place.Path("nowhere"))).Message.ShouldContain("corpus.json is missing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"text\":\"\"}\n{\"text\":\" \\n \"}\n")]
    public void An_empty_corpus_is_an_error_and_leaves_nothing(string content)
    {
        var source = _place.Write("in.jsonl", content);
        Should.Throw<CorpusException>(() => Corpus.Prepare(source, _place.Path("out"))).Message.ShouldContain("no text in");
        Directory.GetDirectories(_place.Root).ShouldBeEmpty();
    }

    [Fact]
    public void Whenever_preparation_is_cut_short_nothing_half_written_remains_and_the_next_one_succeeds()
    {
        var source = Source();
        var whole = Corpus.Prepare(source, _place.Path("whole")).Manifest.ContentHash;
        var messages = new Messages();
        Corpus.Prepare(source, _place.Path("counted"), progress: messages);
        for (var at = 0; at < messages.Said.Count; at++)
        {
            var left = at;
            var failing = new Messages { On = _ => { if (left-- == 0) throw new IOException("no space left on device"); } };
            Should.Throw<IOException>(() => Corpus.Prepare(source, _place.Path($"cut{at}"), progress: failing));
            Directory.Exists(_place.Path($"cut{at}")).ShouldBeFalse();
            Directory.Exists(_place.Path($"cut{at}.partial")).ShouldBeFalse();
            Corpus.Prepare(source, _place.Path($"cut{at}")).Manifest.ContentHash.ShouldBe(whole);
        }
    }

    [Fact]
    public void What_a_killed_process_left_is_swept_away()
    {
        _place.Write("out.partial/train/documents.jsonl", "half a li");
        _place.Write("out.lock", "");
        Corpus.Prepare(Source(), _place.Path("out")).Manifest.Documents.ShouldBe(100);
        Directory.Exists(_place.Path("out.partial")).ShouldBeFalse();
    }

    [Fact]
    public async Task Several_that_prepare_the_same_corpus_at_once_get_the_same_one()
    {
        var source = Source();
        var prepared = 0;
        var corpora = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var messages = new Messages { On = m => { if (m.StartsWith("reading")) Interlocked.Increment(ref prepared); } };
            return Corpus.Prepare(source, _place.Path("out"), progress: messages);
        })));
        corpora.Select(c => c.Manifest.ContentHash).Distinct().Count().ShouldBe(1);
        prepared.ShouldBe(1);
    }

    [Fact]
    public void Several_sources_make_one_corpus()
    {
        var manifest = Corpus.Prepare([Source(1), Source(2)], _place.Path("out")).Manifest;
        manifest.Documents.ShouldBe(200);
        manifest.Files.ShouldBe(2);
        manifest.Origin.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(0.1, 0.5)]
    [InlineData(double.NaN, 0.1)]
    public void Shares_out_of_range_are_refused(double validation, double test) =>
        Should.Throw<CorpusException>(() => Corpus.Prepare(Source(), _place.Path("out"), new CorpusOptions { Validation = validation, Test = test }));
}

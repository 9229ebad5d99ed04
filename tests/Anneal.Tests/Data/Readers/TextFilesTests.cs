using System.Text;
using Anneal.Data;
using Anneal.Data.Readers;

namespace Anneal.Tests.Data.Readers;

public sealed class TextFilesTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private List<Document> Read(string path, int longest = 8192) => [.. Source.Open(path, new CorpusOptions { LongestDocument = longest }).Documents];

    private CorpusException Refused(string path) => Should.Throw<CorpusException>(() => Read(path));

    [Fact]
    public void A_folder_gives_its_text_files_with_the_first_folder_as_domain()
    {
        _place.Write("in/top.txt", "at the top");
        _place.Write("in/a/one.md", "# one");
        _place.Write("in/a/deep/two.TXT.gz", "two");
        _place.Write("in/b/three.jsonl", "{\"text\":\"three\"}\n\n{\"text\":\"four\",\"domain\":\"named\",\"id\":7}\n");
        _place.Write("in/b/picture.png", "no text");
        _place.Write("in/.hidden/x.txt", "hidden");
        Read(_place.Path("in")).Select(d => (d.Text, d.Domain)).ShouldBe(
            [("two", "a"), ("# one", "a"), ("three", "b"), ("four", "named"), ("at the top", "in")]);
    }

    [Fact]
    public void A_long_file_is_cut_at_paragraphs_and_nothing_is_lost()
    {
        var paragraphs = Enumerable.Range(0, 200).Select(i => $"Paragraph {i} has some words in it, enough to be cut somewhere.").ToList();
        var parts = Read(_place.Write("long.txt", string.Join("\n\n", paragraphs)), longest: 1000);
        parts.Count.ShouldBeGreaterThan(10);
        parts.ShouldAllBe(d => d.Text.Length <= 1000 && d.Text.StartsWith("Paragraph") && d.Text.EndsWith("somewhere."));
        string.Join("\n\n", parts.Select(d => d.Text)).ShouldBe(string.Join("\n\n", paragraphs));
        parts.Select(d => d.Group).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_file_without_any_blank_is_cut_all_the_same_and_never_within_a_surrogate_pair()
    {
        var parts = Read(_place.Write("emoji.txt", string.Concat(Enumerable.Repeat("😀", 5000))), longest: 333);
        string.Concat(parts.Select(d => d.Text)).ShouldBe(string.Concat(Enumerable.Repeat("😀", 5000)));
    }

    [Fact]
    public void A_few_undecodable_bytes_are_replaced()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(new string('a', 500)), 0xFF, .. Encoding.UTF8.GetBytes("end")];
        Read(_place.Write("nearly.txt", bytes)).Single().Text.ShouldEndWith("a\uFFFDend");
    }

    [Fact]
    public void Binary_rubbish_is_refused_with_the_line_it_begins_on()
    {
        var random = new byte[100_000];
        new Random(3).NextBytes(random);
        var error = Refused(_place.Write("rubbish.txt", [.. "line one\nline two "u8, .. random]));
        error.Message.ShouldContain("rubbish.txt:2: ");
        error.Message.ShouldContain("NUL or not UTF-8, expected UTF-8 text");
    }

    [Fact]
    public void NULs_are_rubbish_too() => Refused(_place.Write("zeros.txt", new byte[5000])).Message.ShouldContain("100% of the first 5,000 characters");

    [Theory]
    [InlineData("{\"text\":\"fine\"}\n{\"text\":", 2, "'{\"text\":'")]
    [InlineData("[1]", 1, "expected a JSON object")]
    [InlineData("{\"text\":\"ok\"}\n\n{\"body\":\"b\",\"url\":1}", 3, "no \"text\" among the fields (body, url)")]
    [InlineData("{\"text\":5}", 1, "\"text\" is '5', expected a string")]
    [InlineData("{\"text\":\"\\ud800\"}", 1, "expected one JSON object a line")]
    public void A_malformed_line_is_named_with_its_number_and_value(string content, int line, string says)
    {
        var error = Refused(_place.Write("bad.jsonl", content));
        error.Line.ShouldBe(line);
        error.Message.ShouldContain($"bad.jsonl:{line}: ");
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void A_line_of_control_characters_is_shown_harmlessly() =>
        Refused(_place.Write("escape.jsonl", "\u001b[31m\u0007 boo")).Message.ShouldContain("'?[31m? boo'");

    [Fact]
    public void A_damaged_archive_names_its_file()
    {
        var path = _place.Write("cut.txt.gz", Words.Text(new Random(1), 50_000));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1000]);
        Refused(path).Message.ShouldContain("cut.txt.gz: cannot be read: the archive ends too early");
    }

    [Fact]
    public void An_archive_of_several_members_is_read_whole()
    {
        var path = _place.Write("two.txt.gz", "first half, ");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), .. File.ReadAllBytes(_place.Write("other.txt.gz", "second half"))]);
        Read(path).Single().Text.ShouldBe("first half, second half");
    }

    [Fact]
    public void What_cannot_be_a_source_is_refused_with_what_can()
    {
        Refused(_place.Path("absent")).Message.ShouldContain("a corpus is dotnet-docs, man-pages, '-'");
        Refused(_place.Write("table.parquet", "PAR1")).Message.ShouldContain("unknown kind of file '.parquet', expected .txt, .md or .jsonl");
        Directory.CreateDirectory(_place.Path("empty"));
        Refused(_place.Path("empty")).Message.ShouldContain("no text in this folder");
    }

    [Fact]
    public void Standard_input_is_read_as_JSON_lines()
    {
        using var input = new MemoryStream("{\"text\":\"one\"}\n{\"text\":\"two\",\"domain\":\"d\"}"u8.ToArray());
        JsonLines.Read(input, "standard input", "stdin").Select(d => (d.Text, d.Domain)).ShouldBe([("one", "stdin"), ("two", "d")]);
    }
}

using Anneal.Data;
using Anneal.Data.Readers;

namespace Anneal.Tests.Data.Readers;

public sealed class DotnetDocsTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private const string Library = """
        <?xml version="1.0" encoding="utf-8"?>
        <doc><assembly><name>Library</name></assembly><members>
          <member name="T:Shop.Basket`1">
            <summary>Holds items of type <typeparamref name="TItem" />; see <see cref="T:Shop.Basket`1.Walker" /> .</summary>
            <typeparam name="TItem">What is bought.</typeparam>
          </member>
          <member name="M:Shop.Basket`1.Add(`0)">
            <summary>Adds an item.</summary>
            <param name="item">The item.</param>
            <exception cref="T:System.ArgumentNullException"><paramref name="item" /> is <see langword="null" />.</exception>
          </member>
          <member name="M:Shop.Basket`1.Add(`0,System.Int32)">
            <summary>Adds an item several times.</summary>
            <param name="item">The item.</param>
            <param name="count">How often.</param>
            <returns>The new <c>Count</c>.</returns>
          </member>
          <member name="P:Shop.Basket`1.Count"><summary>Number of   items
             in the basket.</summary></member>
          <member name="M:Shop.Basket`1.Clear"><inheritdoc /></member>
          <member name="T:Shop.Basket`1.Walker"><summary>Walks a basket.</summary></member>
          <member name="T:Shop.Size"><summary>How big &lt;it&gt; is.</summary></member>
          <member name="F:Shop.Size.Small"><summary>Small.</summary></member>
          <member name="M:Shop.Till.Pay">
            <summary>Pays.</summary>
            <remarks><para>First.</para><para>Then <see href="http://x">this page</see>:</para>
              <code>
                  if (paid)
                      Leave();
              </code>
              <list type="bullet"><item><term>Cash</term><description>exact.</description></item></list></remarks>
          </member>
        </members></doc>
        """;

    private List<Document> Read(params string[] contents) =>
        [.. DotnetDocs.Read([.. contents.Select((xml, i) => _place.Write($"{i}.xml", xml))])];

    [Fact]
    public void A_type_is_one_document_with_its_members_and_overloads()
    {
        var basket = Read(Library).Single(d => d.Id == "Shop.Basket`1");
        basket.Domain.ShouldBe("Shop");
        basket.Text.ReplaceLineEndings("\n").ShouldBe("""
            Shop.Basket<TItem>
            Holds items of type TItem; see Walker.
            TItem: What is bought.

            Basket.Add(TItem item)
            Adds an item.
            item: The item.
            Throws ArgumentNullException: item is null.

            Basket.Add(TItem item, int count)
            Adds an item several times.
            count: How often.
            Returns: The new Count.

            Basket.Count
            Number of items in the basket.

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Remarks_keep_paragraphs_code_and_lists()
    {
        Read(Library).Single(d => d.Id == "Shop.Till").Text.ShouldContain("First.\nThen this page:\nif (paid)\n    Leave();\n- Cash: exact.\n");
    }

    [Fact]
    public void Entities_are_text_and_enumeration_fields_stand_with_their_meaning()
    {
        Read(Library).Single(d => d.Id == "Shop.Size").Text.ShouldBe("Shop.Size\nHow big <it> is.\n\nSmall: Small.\n");
    }

    [Fact]
    public void Nested_types_and_other_arities_share_the_group_of_the_outermost_type()
    {
        var more = "<doc><members><member name=\"T:Shop.Basket`2\"><summary>Two kinds.</summary></member></members></doc>";
        Read(Library, more).Where(d => d.Id.Contains("Basket")).Select(d => (d.Id, d.Group, d.Domain)).ShouldBe(
            [("Shop.Basket`1", "Shop.Basket", "Shop"), ("Shop.Basket`1.Walker", "Shop.Basket", "Shop"), ("Shop.Basket`2", "Shop.Basket", "Shop")]);
    }

    [Fact]
    public void A_type_spread_over_files_is_gathered_and_a_repeated_member_is_told_once()
    {
        var other = """
            <doc><members>
              <member name="P:Shop.Basket`1.Count"><summary>Told elsewhere too.</summary></member>
              <member name="P:Shop.Basket`1.Weight"><summary>Grams.</summary></member>
            </members></doc>
            """;
        var basket = Read(Library, other).Single(d => d.Id == "Shop.Basket`1").Text;
        basket.ShouldContain("Basket.Weight\nGrams.");
        basket.ShouldNotContain("Told elsewhere");
    }

    [Fact]
    public void A_long_type_continues_in_documents_of_the_same_group()
    {
        var members = string.Concat(Enumerable.Range(0, 400).Select(i =>
            $"<member name=\"P:Long.Type.P{i}\"><summary>Property number {i} of a type that has a great many of them.</summary></member>"));
        var parts = Read($"<doc><members>{members}</members></doc>");
        parts.Count.ShouldBeGreaterThan(2);
        parts.ShouldAllBe(d => d.Group == "Long.Type" && d.Text.StartsWith("Long.Type\n") && d.Text.Length < DotnetDocs.LongestDocument + 200);
        parts.Select(d => d.Id).ShouldBeUnique();
        string.Concat(parts.Select(d => d.Text)).Split("Property number").Length.ShouldBe(401);
    }

    [Fact]
    public void Broken_XML_is_an_error_with_file_and_line()
    {
        var error = Should.Throw<CorpusException>(() => Read("<doc><members>\n<member name=\"T:A\"><summary>x</member></members></doc>"));
        error.Line.ShouldBe(2);
        error.Message.ShouldContain("0.xml:2: not well-formed XML");
    }

    [Fact]
    public void The_newest_version_of_each_pack_is_found()
    {
        foreach (var version in new[] { "9.0.10", "10.0.2", "10.0.0-rc.1", "11.0.0-preview.1" })
            _place.Write($"packs/A.Ref/{version}/ref/net10.0/A.xml", "<doc/>");
        _place.Write("packs/A.Ref/12.0.0/ref/net12.0/A.dll", "no documentation in this one");
        _place.Write("packs/B.Ref/1.0.0/ref/net8.0/B.xml", "<doc/>");
        _place.Write("packs/B.Ref/1.0.0/ref/net10.0/B.xml", "<doc/>");
        _place.Write("packs/C.Host/1.0.0/ref/net10.0/C.xml", "<doc/>");
        var files = DotnetPacks.Find(_place.Root);
        files.Select(f => System.IO.Path.GetRelativePath(_place.Root, f).Replace('\\', '/')).ShouldBe(
            ["packs/A.Ref/11.0.0-preview.1/ref/net10.0/A.xml", "packs/B.Ref/1.0.0/ref/net10.0/B.xml"]);
        DotnetPacks.Versions(files).ShouldBe(["A.Ref 11.0.0-preview.1", "B.Ref 1.0.0"]);
    }

    [Fact]
    public void Copies_of_a_file_in_other_packs_are_left_out()
    {
        List<string> files = [_place.Write("a/X.xml", "<doc>1</doc>"), _place.Write("b/X.xml", "<doc>1</doc>"), _place.Write("b/Y.xml", "<doc>1</doc>"), _place.Write("c/X.xml", "<doc>2</doc>")];
        DotnetPacks.WithoutCopies(files).ShouldBe([files[0], files[2], files[3]]);
    }

    [Fact]
    public void The_documentation_of_this_SDK_becomes_a_corpus()
    {
        if (DotnetPacks.Find().Count == 0)
            Assert.Skip("this SDK has no documentation XML beside its reference assemblies");
        var corpus = Corpus.Prepare("dotnet-docs", _place.Path("corpus"));
        corpus.Manifest.Bytes.ShouldBeGreaterThan(5_000_000);
        corpus.Manifest.Domains.Count.ShouldBeGreaterThan(100);
        var total = (double)corpus.Manifest.Bytes;
        (corpus.Manifest.Validation.Bytes / total).ShouldBe(0.05, 0.005);
        (corpus.Manifest.Test.Bytes / total).ShouldBe(0.05, 0.005);
        var documents = Enum.GetValues<Split>().SelectMany(split => corpus.Read(split).Select(d => (Split: split, Document: d))).ToList();
        documents.GroupBy(d => d.Document.Group).ShouldAllBe(g => g.Select(d => d.Split).Distinct().Count() == 1);
        documents.Where(d => d.Document.Group == "System.String").ShouldContain(d => d.Document.Text.Contains("String.Split(char separator"));
        documents.Count(d => d.Document.Text.Contains("<see cref")).ShouldBeLessThan(5);
    }
}

using System.Xml.Linq;
using Anneal.Lab.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Lab.Reports;

public class MarkupTests
{
    [Fact]
    public void Any_text_in_a_hole_comes_back_as_text()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<string?>(text =>
        {
            var clean = PlainText.Clean(text ?? "", lines: true);
            return XElement.Parse(Markup.Of($"<p title=\"{text}\">{text}</p>").ToString(), LoadOptions.PreserveWhitespace).Value == clean;
        }));
    }

    [Fact]
    public void Markup_in_a_hole_stays_markup() =>
        Markup.Of($"<p>{Markup.Of($"<b>{"<i>"}</b>")}</p>").ToString().ShouldBe("<p><b>&lt;i&gt;</b></p>");

    [Theory]
    [InlineData("\u001b[31mred", "\uFFFD[31mred")]
    [InlineData("a\u202Eb", "a\uFFFDb")]
    [InlineData("line\r\nline\ttab", "line line tab")]
    public void Characters_that_act_are_taken_out(string text, string clean) => PlainText.Clean(text).ShouldBe(clean);

    // Not a theory: an attribute cannot hold half a pair.
    [Fact]
    public void Half_a_surrogate_pair_is_taken_out() => PlainText.Clean("\ud83d\ude00 \ud83d!").ShouldBe("\ud83d\ude00 \uFFFD!");
}

using System.Text.RegularExpressions;
using Anneal.Lab.Providers;
using FsCheck.Fluent;

namespace Anneal.Tests.Lab.Providers;

public sealed partial class FenceTests
{
    [Fact]
    public void No_content_closes_its_fence() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(s => s is not null), text =>
    {
        var fenced = Fence.Wrap("log", text + Fence.Wrap("log", text));
        var id = Opening().Match(fenced).Groups[1].Value;
        return Regex.Count(fenced, $"</data-{id}>") == 1 && fenced.EndsWith($"</data-{id}>", StringComparison.Ordinal) && Regex.Count(fenced, id) == 2;
    }));

    [Fact]
    public void The_same_text_gets_the_same_fence() => Fence.Wrap("log", "loss nan").ShouldBe(Fence.Wrap("log", "loss nan"));

    [Fact]
    public void A_label_cannot_break_out() =>
        Fence.Wrap("a\"><evil>\n</data-1>", "x").Split('\n')[0].ShouldMatch("^<data-[0-9a-f]{12} label=\"a'\\)\\(evil\\) \\(/data-1\\)\">$");

    [Fact]
    public void Escape_sequences_and_hidden_characters_are_spelled_out()
    {
        var fenced = Fence.Wrap("log", "red \u001b[31m, back \u202e, zero \u200b, nul \0, lone \ud800, tab \t.");
        fenced.ShouldContain("red \\u{1b}[31m, back \\u{202e}, zero \\u{200b}, nul \\u{0}, lone \ufffd, tab \t.");
    }

    [Fact]
    public void Of_too_long_a_text_the_middle_is_left_out_with_a_note()
    {
        var fenced = Fence.Wrap("log", new string('a', 1000) + "END", 300);
        fenced.ShouldContain("[703 of 1003 characters left out here]");
        fenced.ShouldContain("aEND\n");
        fenced.Length.ShouldBeLessThan(450);
    }

    [GeneratedRegex("^<data-([0-9a-f]{12}) ")]
    private static partial Regex Opening();
}

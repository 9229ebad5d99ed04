using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;

namespace Anneal.Tests.Lab.Research.Tools;

public class ResearchToolsTests
{
    private readonly ToolFixture fixture = new();

    [Fact]
    public void Every_schema_is_strict_and_every_property_is_described()
    {
        foreach (var tool in ResearchTools.For(fixture.Task))
        {
            InputSchema.Require(tool.Spec.Schema, tool.Spec.Name);
            tool.Spec.Schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse(tool.Spec.Name);
            foreach (var (name, property) in tool.Spec.Schema["properties"]!.AsObject()) property!["description"]?.GetValue<string>().ShouldNotBeNullOrEmpty($"{tool.Spec.Name}.{name}");
        }
    }

    [Fact]
    public void Findings_show_failures_and_earlier_studies_and_filter_by_verdict_and_key()
    {
        var all = fixture.Call("read_findings", "{}").Text;
        all.ShouldContain("rejected");
        all.ShouldContain("older | 4 | rejected");
        fixture.Call("read_findings", """{"verdict": "inconclusive"}""").Text.ShouldNotContain("rejected");
        var layers = fixture.Call("read_findings", """{"key": "model"}""").Text;
        layers.ShouldContain("model.layers=6");
        layers.ShouldNotContain("optimizer.lr");
        fixture.Call("read_findings", """{"key": "tokenizer"}""").Text.ShouldContain("Nothing matches: 2 experiments are decided");
    }

    [Fact]
    public void What_a_model_wrote_stays_inside_its_fence()
    {
        var text = fixture.Call("read_experiment", """{"number": 2}""").Text;
        var end = text[(text.LastIndexOf("</data-", StringComparison.Ordinal))..];
        text.StartsWith("<data-", StringComparison.Ordinal).ShouldBeTrue();
        end.TrimEnd().ShouldBe($"</data-{text["<data-".Length..][..12]}>");
        text.IndexOf(end, StringComparison.Ordinal).ShouldBe(text.LastIndexOf(end, StringComparison.Ordinal));
        fixture.Call("read_incidents", "{}").Text.ShouldStartWith("<data-");
    }

    [Fact]
    public void An_experiment_that_is_under_way_or_is_not_there_is_named_as_such()
    {
        fixture.Call("read_experiment", """{"number": 3}""").ShouldBe(new("Experiment 3 is under way and has no result yet; decided are 1 to 2.", IsError: true));
        fixture.Call("read_experiment", """{"number": 9}""").Text.ShouldContain("decided are 1 to 2");
    }

    [Fact]
    public void A_curve_stands_beside_the_champions_and_a_wrong_run_gets_the_nearest()
    {
        var curve = fixture.Call("read_curve", """{"run": "fixture.e01.screen.0"}""").Text;
        curve.ShouldContain("tokens | loss | champion");
        curve.Split('\n').Length.ShouldBeLessThan(25);
        fixture.Call("read_curve", """{"run": "fixture.e01.scren.0"}""").Text.ShouldContain("did you mean `fixture.e01.screen.0`?");
    }

    [Fact]
    public void Recipes_can_be_read_whole_or_as_differences()
    {
        fixture.Call("read_recipe", """{"recipe": "champion"}""").Text.ShouldContain("batch_tokens");
        fixture.Call("read_recipe", """{"recipe": "1", "against": "champion"}""").Text.ShouldContain("optimizer.lr | ");
        fixture.Call("read_recipe", """{"recipe": "winner"}""").IsError.ShouldBeTrue();
    }

    [Fact]
    public void Keys_come_with_what_is_valid_and_what_is_searched_and_without_those_that_are_the_studys()
    {
        var keys = fixture.Call("recipe_keys", "{}").Text;
        keys.ShouldContain("optimizer.lr | a number from 0 to 100");
        keys.ShouldContain("0.001 to 0.04, log");
        foreach (var line in keys.Split('\n')) line.ShouldNotStartWith("budget.");
        fixture.Call("recipe_keys", """{"section": "optimiser"}""").Text.ShouldContain("did you mean `optimizer`?");
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("Optimizers/../../../lab.db")]
    [InlineData("source/Optimizers/AdamW.cs")]
    [InlineData("C:\\secrets.txt")]
    public void Only_the_engines_files_can_be_read(string path)
    {
        var answer = fixture.Call("read_source", $$"""{"path": "{{path.Replace("\\", "\\\\")}}"}""");
        answer.IsError.ShouldBeTrue();
        answer.Text.ShouldContain("only the engine's files can be read");
    }

    [Fact]
    public void Source_is_listed_paged_and_corrected()
    {
        fixture.Call("read_source", "{}").Text.ShouldContain("Optimizers/AdamW.cs");
        fixture.Call("read_source", """{"path": "Optimizers"}""").Text.ShouldNotContain("Layers/");
        fixture.Call("read_source", """{"path": "Optimizers/AdamW.cs"}""").Text.ShouldContain("class AdamW");
        fixture.Call("read_source", """{"path": "AdamW.cs"}""").Text.ShouldContain("Did you mean `Optimizers/AdamW.cs`?");
    }

    [Fact]
    public void Diagnoses_that_the_budget_cannot_pay_are_refused() =>
        fixture.Call("run_diagnosis", """{"change": {}, "fraction": 0.1}""").Text.ShouldContain("no room for diagnoses");
}

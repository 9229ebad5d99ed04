using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Providers;

public sealed class ModelCatalogTests
{
    [Fact]
    public void The_shipped_file_lies_beside_the_program_and_prices_its_defaults_with_a_date()
    {
        var catalog = ModelCatalog.Load(null);
        foreach (var provider in (string[])["claude", "openai"])
        {
            var model = catalog.Find(provider, null);
            model.IsPaid.ShouldBeTrue();
            DateOnly.ParseExact(model.AsOf, "yyyy-MM-dd").Year.ShouldBeGreaterThanOrEqualTo(2026);
            model.Source.ShouldNotBeEmpty();
        }
        catalog.Models.ShouldAllBe(model => model.Effort == null || model.Efforts.Contains(model.Effort));
    }

    [Fact]
    public void Every_Claude_name_is_one_that_the_SDK_knows()
    {
        var known = Enum.GetValues<Anthropic.Models.Messages.Model>().Select(m => ((Anthropic.Core.ApiEnum<string, Anthropic.Models.Messages.Model>)m).Raw()).ToList();
        foreach (var model in ModelCatalog.Load(null).Models.Where(m => m.Provider == "claude")) known.ShouldContain(model.Name);
    }

    [Fact]
    public void A_labs_own_file_replaces_a_model_whole()
    {
        var lab = Directory.CreateTempSubdirectory("anneal-models");
        try
        {
            File.WriteAllText(Path.Combine(lab.FullName, "models.yaml"), "models:\n  claude-opus-5-5: {provider: claude, input: 1, output: 2}\n  my-llama: {provider: openai, input: 0, output: 0}\ndefaults: {openai: my-llama}\n");
            var catalog = ModelCatalog.Load(lab.FullName);
            catalog.Find("claude", null).Price.ShouldBe(new ModelPrice(1, 2, 1, 1));
            catalog.Find("openai", null).IsPaid.ShouldBeFalse();
        }
        finally
        {
            lab.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_model_without_a_price_is_not_asked_and_the_message_says_what_to_add()
    {
        var catalog = ModelCatalog.Parse("models:\n  new-one: {provider: claude}\n", "models.yaml");
        var message = Should.Throw<InputException>(() => catalog.Find("claude", "new-one")).Message;
        message.ShouldContain("says no price for `new-one`");
        message.ShouldContain("new-one: {provider: claude, input: N, output: N");
    }

    [Fact]
    public void An_unknown_model_gets_the_nearest_name() =>
        Should.Throw<InputException>(() => ModelCatalog.Load(null).Find("claude", "claude-opus-55")).Message.ShouldContain("did you mean `claude-opus-5-5`?");

    [Theory]
    [InlineData("models:\n  a: {provider: claud, input: 1, output: 1}\n", "did you mean `claude`?")]
    [InlineData("models:\n  a: {provider: claude, inputs: 1, output: 1}\n", "unknown key `models.a.inputs`; did you mean `input`?")]
    [InlineData("models:\n  a: {provider: claude, input: -1, output: 1}\n", "a number of at least 0")]
    [InlineData("models:\n  a: {provider: claude, efforts: [low, high], effort: hihg}\n", "did you mean `high`?")]
    public void Wrong_files_are_refused_with_the_nearest_word(string yaml, string words) =>
        Should.Throw<InputException>(() => ModelCatalog.Parse(yaml, "models.yaml")).Message.ShouldContain(words);

    [Fact]
    public void Long_prompts_cost_their_own_price()
    {
        var haiku = ModelCatalog.Load(null).Find("claude", "claude-haiku-5-5");
        haiku.Cost(new(90_000, 1000)).ShouldBe((90_000 * 0.1 + 1000 * 0.5) / 1e6, 1e-12);
        haiku.Cost(new(10_000, 1000, CacheRead: 95_000)).ShouldBe((10_000 * 0.5 + 1000 * 2.5 + 95_000 * 0.05) / 1e6, 1e-12);
        haiku.CostAtMost(105_000, 1000).ShouldBe((105_000 * 0.625 + 1000 * 2.5) / 1e6, 1e-12);
    }
}

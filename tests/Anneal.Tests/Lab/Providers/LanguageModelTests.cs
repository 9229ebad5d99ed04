using Anneal.Lab;
using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Providers;

public sealed class LanguageModelTests
{
    private readonly ModelCatalog catalog = ModelCatalog.Load(null);

    [Theory]
    [InlineData("embedded")]
    [InlineData("inbox")]
    public void A_researcher_that_is_no_model_gets_none(string researcher) => LanguageModel.Create(researcher, new SittingOptions(), catalog).ShouldBeNull();

    [Theory]
    [InlineData("claude", "ANTHROPIC_API_KEY")]
    [InlineData("openai", "OPENAI_API_KEY")]
    public void Without_a_key_the_message_says_what_to_set(string researcher, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } || Environment.GetEnvironmentVariable("OPENAI_BASE_URL") is { Length: > 0 }) Assert.Skip($"{variable} is set here");
        var message = Should.Throw<InputException>(() => LanguageModel.Create(researcher, new SittingOptions(), catalog)).Message;
        message.ShouldStartWith($"{variable}: is not set");
        message.ShouldContain("--researcher embedded");
    }

    [Fact]
    public void An_unknown_effort_gets_the_nearest_level() =>
        Should.Throw<InputException>(() => LanguageModel.Create("claude", new SittingOptions { Effort = "hihg" }, catalog)).Message.ShouldContain("did you mean `high`?");
}

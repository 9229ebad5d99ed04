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

    [Theory]
    [InlineData("claude-opus-4-5-20251101", true)]
    [InlineData("claude-opus-4-5", true)]
    [InlineData("claude-opus-4-5-fast", false)]
    public async Task A_name_stands_for_its_dated_release(string listed, bool found)
    {
        var model = new ListedModel("claude-opus-4-5", [listed]);
        if (found) await LanguageModel.CheckAsync(model, TestContext.Current.CancellationToken);
        else await Should.ThrowAsync<InputException>(() => LanguageModel.CheckAsync(model, TestContext.Current.CancellationToken));
    }

    private sealed class ListedModel(string name, IReadOnlyList<string> names) : ILanguageModel
    {
        public string Provider => "claude";

        public string Model => name;

        public Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>?> ListAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>?>(names);
    }
}

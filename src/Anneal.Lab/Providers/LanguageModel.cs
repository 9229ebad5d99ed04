using Anneal.Runs;

namespace Anneal.Lab.Providers;

/// <summary>Finds the language model that a sitting asks for. Keys come from the environment and go nowhere else.</summary>
internal static class LanguageModel
{
    /// <summary>The model, or null for a researcher that needs none.</summary>
    /// <param name="researcher"><c>claude</c>, <c>openai</c> or <c>embedded</c>.</param>
    /// <param name="options">Model, effort, or the transcript to answer from.</param>
    /// <param name="catalog">Names and prices.</param>
    /// <exception cref="InputException">No key, no such model, no price, or a damaged transcript: the message says what to do.</exception>
    public static ILanguageModel? Create(string researcher, SittingOptions options, ModelCatalog catalog)
    {
        if (researcher is not ("claude" or "openai")) return null;
        if (options.Replay is { } file) return Transcript.Load(file);
        var entry = catalog.Find(researcher, options.Model);
        var effort = EffortOf(entry, options.Effort);
        return researcher == "claude"
            ? new ClaudeModel(entry, effort, Variable("ANTHROPIC_API_KEY") ?? throw NoKey("ANTHROPIC_API_KEY", "Claude"), Variable("ANTHROPIC_BASE_URL"))
            : new OpenAiModel(entry, effort, OpenAiKey(), Variable("OPENAI_BASE_URL"));
    }

    /// <summary>A desk for a model: at its catalog price, or for nothing where it replays.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="study">Study.</param>
    /// <param name="model">From <see cref="Create"/>.</param>
    /// <param name="catalog">Names and prices.</param>
    /// <param name="capUsd">Most dollars over all sittings.</param>
    /// <param name="progress">Told of every call.</param>
    public static ModelDesk OpenDesk(Ledger.Ledger ledger, string study, ILanguageModel model, ModelCatalog catalog, double? capUsd, IProgress<StudyEvent>? progress) =>
        new(ledger, study, model, model is ReplayModel replay ? replay.Entry : catalog.Find(model.Provider, model.Model), capUsd, progress);

    /// <summary>Asks the provider whether it has the model. A provider that does not say, or is not there, is no error.</summary>
    /// <param name="model">From <see cref="Create"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">It has others: the message names the nearest.</exception>
    public static async Task CheckAsync(ILanguageModel model, CancellationToken cancel)
    {
        if (await model.ListAsync(cancel) is { Count: > 0 } names && !names.Any(name => IsCalled(name, model.Model)))
            throw new InputException("--model", $"`{model.Model}` is not among the {names.Count} models that {model.Provider} offers to this key; {NearestWord.Hint(model.Model, [.. names.Take(20)])}");
    }

    // Providers list `name-20251101` and take `name` for it.
    private static bool IsCalled(string listed, string name) =>
        listed == name || (listed.StartsWith($"{name}-", StringComparison.Ordinal) && listed[(name.Length + 1)..].All(c => char.IsAsciiDigit(c) || c == '-'));

    private static string? EffortOf(CatalogModel entry, string? asked)
    {
        if (asked is null) return entry.Effort;
        if (entry.Efforts.Contains(asked, StringComparer.Ordinal)) return asked;
        throw new InputException("--effort", $"`{asked}` is no level of {entry.Name}; {NearestWord.Hint(asked, [.. entry.Efforts])}");
    }

    // A server of one's own often wants no key, and the SDK wants one all the same.
    private static string OpenAiKey() => Variable("OPENAI_API_KEY")
        ?? (Variable("OPENAI_BASE_URL") is null ? throw NoKey("OPENAI_API_KEY", "OpenAI") : "none");

    private static InputException NoKey(string variable, string whose) =>
        new(variable, $"is not set, and {whose} is not asked without a key. Set it in the environment, replay a transcript with --replay FILE, or use --researcher embedded.");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Lab.Diagnoses;

/// <summary>Whether a language model is asked about a run's incidents, which one, and for how much at most.</summary>
public sealed record DiagnosisChoice
{
    /// <summary><c>claude</c>, <c>openai</c>, or a transcript's file; null: a model for which there is a key, if there is a limit.</summary>
    public string? Who { get; init; }

    /// <summary>Model to ask, by its name in the models file; null takes the file's default for the provider.</summary>
    public string? Model { get; init; }

    /// <summary>Most dollars over all sittings at this run; null: nobody is asked who costs something.</summary>
    public double? Usd { get; init; }

    /// <summary>Who answers in place of the model, and at what price.</summary>
    internal (ILanguageModel Model, CatalogModel Entry)? Voice { get; init; }

    /// <summary>Who is asked and at what price; null: nobody, since nobody was named, or there is no key or no limit.</summary>
    /// <exception cref="InputException">Who was named cannot be asked: no key, no limit, no such model, a damaged transcript.</exception>
    internal (ILanguageModel Model, CatalogModel Entry)? Find()
    {
        if (Voice is not null) return Voice;
        if (Who is { } file && File.Exists(file)) return Transcript.Load(file) is var replay ? (replay, replay.Entry) : null;
        if (Who is not (null or "claude" or "openai")) throw new InputException("--diagnose", $"is `{Who}`; expected the file of a transcript, or {NearestWord.Hint(Who, ["claude", "openai"])}");
        if (Usd is null) return Who is null ? null : throw new InputException("--diagnose", $"would ask {Who}, which costs money, without a limit; give one: --usd 2");
        if ((Who ?? ResearcherChoice.WithKey()) is not { } provider) return null;
        var catalog = ModelCatalog.Load(null);
        var model = LanguageModel.Create(provider, new() { Model = Model }, catalog)!;
        return (model, catalog.Find(model.Provider, model.Model));
    }
}

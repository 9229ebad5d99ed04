using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Lab.Research;

/// <summary>The language model of a sitting: who is asked and at what price, or why there is none this time.</summary>
/// <param name="Model">Who answers; null where nobody does.</param>
/// <param name="Entry">Its prices and limits.</param>
/// <param name="WhyAbsent">Why nobody answers, in a sentence.</param>
internal sealed record SittingModel(ILanguageModel? Model, CatalogModel? Entry, string? WhyAbsent)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    /// <summary>The model that a study asks for; null for a study without one.</summary>
    /// <param name="spec">The study, its researcher settled.</param>
    /// <param name="options">Model, effort or transcript.</param>
    /// <param name="lab">The lab's folder; it may hold its own models.yaml.</param>
    /// <param name="isNew">A new study must find its model. One that was started goes on without, and says so.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">A new study's model cannot be asked: no key, no such model, no price, a damaged transcript.</exception>
    public static async Task<SittingModel?> FindAsync(StudySpec spec, SittingOptions options, string lab, bool isNew, CancellationToken cancel)
    {
        if (options.Voice is { } voice) return new(voice.Model, voice.Entry, null);
        if (options.Replay is { } file)
        {
            var replay = Transcript.Load(file);
            return new(replay, replay.Entry, null);
        }
        if (spec.Researcher == ResearcherChoice.Replay) return new(null, null, "it is a replay; give its transcript again with --replay FILE");
        if (!ResearcherChoice.IsPaid(spec.Researcher)) return null;
        try
        {
            var catalog = ModelCatalog.Load(lab);
            var model = LanguageModel.Create(spec.Researcher, options, catalog)!;
            if (isNew) await CheckAsync(model, cancel);
            return new(model, catalog.Find(model.Provider, model.Model), null);
        }
        catch (InputException e) when (!isNew)
        {
            return new(null, null, e.Message);
        }
    }

    // A provider that is slow to list its models, or away, is no reason not to start.
    private static async Task CheckAsync(ILanguageModel model, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(patience);
        try
        {
            await LanguageModel.CheckAsync(model, limited.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }
    }
}

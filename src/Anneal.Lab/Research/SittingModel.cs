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

    /// <summary>The one desk of a sitting, for proposals and diagnoses alike, so that they share its dollars; null where nobody answers.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="spec">The study, in the ledger.</param>
    /// <param name="progress">Told of every call.</param>
    public ModelDesk? OpenDesk(Ledger.Ledger ledger, StudySpec spec, IProgress<StudyEvent>? progress) =>
        Model is null ? null : new ModelDesk(ledger, spec.Study, Model, Entry!, spec.Budget.Usd, progress);

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

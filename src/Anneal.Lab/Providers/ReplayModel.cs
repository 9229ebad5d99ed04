namespace Anneal.Lab.Providers;

/// <summary>
/// Answers from a transcript, by conversation and turn, for nothing. A request that is not the recorded one is answered all
/// the same, and counted: other hardware rounds otherwise, and what a study saw differs in the last digit.
/// </summary>
/// <param name="header">What was recorded.</param>
/// <param name="lines">Answers by conversation and turn.</param>
internal sealed class ReplayModel(TranscriptHeader header, IReadOnlyDictionary<(string Conversation, int Turn), TranscriptLine> lines) : ILanguageModel
{
    private int drifted;

    /// <summary>What was recorded.</summary>
    public TranscriptHeader Header => header;

    /// <inheritdoc/>
    public string Provider => "replay";

    /// <inheritdoc/>
    public string Model => header.Model;

    /// <summary>A model that costs nothing and takes whatever was recorded.</summary>
    public CatalogModel Entry => new() { Name = Model, Provider = Provider, Price = ModelPrice.Free, Context = int.MaxValue, MaxOutput = int.MaxValue };

    /// <summary>Requests that were not the recorded ones.</summary>
    public int Drifted => drifted;

    /// <summary>Whether a conversation was recorded.</summary>
    public bool Holds(string conversation) => lines.ContainsKey((conversation, 0));

    /// <inheritdoc/>
    public Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel)
    {
        if (!lines.TryGetValue((request.Conversation, request.Turn), out var line))
            return Task.FromException<ModelReply>(new ModelException(ModelFailure.NotRecorded, $"the transcript has no turn {request.Turn} of conversation {request.Conversation}."));
        if (line.RequestHash == RequestText.Hash(request)) return Task.FromResult(line.Reply);
        Interlocked.Increment(ref drifted);
        return Task.FromResult(line.Reply with { Drifted = true });
    }
}

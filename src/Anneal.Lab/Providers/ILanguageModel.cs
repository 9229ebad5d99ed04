namespace Anneal.Lab.Providers;

/// <summary>
/// A language model behind a wire, or a recording of one. One call, one answer: who is asked, what it costs and what is
/// remembered is the desk's business.
/// </summary>
public interface ILanguageModel
{
    /// <summary><c>claude</c>, <c>openai</c> or <c>replay</c>.</summary>
    string Provider { get; }

    /// <summary>Model name as the provider knows it.</summary>
    string Model { get; }

    /// <summary>Asks once.</summary>
    /// <param name="request">What is said so far.</param>
    /// <param name="cancel">Gives up; what was sent may be paid for.</param>
    /// <exception cref="ModelException">The provider said no, or could not be reached.</exception>
    Task<ModelReply> AskAsync(ModelRequest request, CancellationToken cancel);

    /// <summary>Tokens that a request would read; null where the provider does not say. Costs nothing.</summary>
    /// <param name="request">What would be asked.</param>
    /// <param name="cancel">Gives up.</param>
    Task<long?> CountAsync(ModelRequest request, CancellationToken cancel) => Task.FromResult<long?>(null);

    /// <summary>Names of the models that the provider offers; null where it does not say or cannot be reached. Costs nothing.</summary>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<string>?> ListAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>?>(null);
}

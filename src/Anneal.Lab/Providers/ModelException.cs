namespace Anneal.Lab.Providers;

/// <summary>A model gave no answer.</summary>
/// <param name="failure">What kind of no.</param>
/// <param name="message">Why, in a sentence, with the provider's own words; never with a key.</param>
/// <param name="inner">What was thrown below.</param>
public sealed class ModelException(ModelFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of no.</summary>
    public ModelFailure Failure { get; } = failure;

    /// <summary>How long the provider asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The request may have been paid for: it was lost after it was sent.</summary>
    public bool Uncertain { get; init; }
}

/// <summary>Why a model gave no answer.</summary>
public enum ModelFailure
{
    /// <summary>No or a wrong key (401, 403), or an account without credit. Asking again is useless.</summary>
    Unauthorised,

    /// <summary>The request is wrong (400, 404, 422). Asking the same again is useless.</summary>
    Rejected,

    /// <summary>The request is too large (413, or more tokens than the model reads).</summary>
    TooLarge,

    /// <summary>Too many requests (429).</summary>
    RateLimited,

    /// <summary>Overloaded or broken over there (500, 502, 503, 529).</summary>
    Unavailable,

    /// <summary>Cannot be reached, or the answer broke off or never came.</summary>
    Network,

    /// <summary>The answer is not what the protocol says.</summary>
    Garbled,

    /// <summary>The money is used up: this call would exceed the cap. Nothing was sent.</summary>
    OutOfMoney,

    /// <summary>A replay has no such call.</summary>
    NotRecorded,
}

namespace Anneal.Runs.Evaluation;

/// <summary>What the evaluator measured on the documents of an <see cref="EvaluationSpec"/>.</summary>
public sealed record EvaluationResult
{
    /// <summary>Nats per scored token, end-of-text tokens included.</summary>
    public required double Loss { get; init; }

    /// <summary>Bits per byte: all nats / ln 2 / bytes of text; an end-of-text token adds loss and no bytes.</summary>
    public required double Bpb { get; init; }

    /// <summary>Tokens scored, end-of-text tokens included.</summary>
    public required long Tokens { get; init; }

    /// <summary>Bytes of text.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bits per byte of each document, in the split's order; NaN for one without bytes.</summary>
    public required IReadOnlyList<double> DocumentBpb { get; init; }

    /// <summary>The same by domain.</summary>
    public required IReadOnlyDictionary<string, DomainResult> ByDomain { get; init; }
}

/// <summary>Result on the documents of one domain.</summary>
/// <param name="Loss">Nats per scored token.</param>
/// <param name="Bpb">Bits per byte.</param>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="Bytes">Bytes of text.</param>
/// <param name="Documents">Documents.</param>
public sealed record DomainResult(double Loss, double Bpb, long Tokens, long Bytes, int Documents);

namespace Anneal.Runs.Evaluation;

/// <summary>How to ask a model that the evaluator cannot load itself: a program that answers token rows with logits, see docs/logits.md.</summary>
public sealed record LogitsCommand
{
    /// <summary>The program.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Seconds by the evaluator's clock for everything: start, scoring, probes. 300 by default.</summary>
    public double Seconds { get; init; } = 300;

    /// <summary>Largest difference of log-probabilities that counts as the same, in nats. 2e-4 by default: the rounding of float32.</summary>
    public double Tolerance { get; init; } = 2e-4;

    /// <summary>Seed of the order of questions and of the probes. Secret from the model: whoever knows it can tell probes from questions.</summary>
    public required long Seed { get; init; }
}

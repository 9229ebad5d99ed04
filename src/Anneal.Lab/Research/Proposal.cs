using System.Text.Json.Serialization;
using Anneal.Lab.Code;
using Anneal.Lab.Subjects;

namespace Anneal.Lab.Research;

/// <summary>One hypothesis and the change that tests it.</summary>
public sealed record Proposal
{
    /// <summary>Where it came from: <c>idea:rope</c>, <c>search</c>, <c>combine</c>, <c>model:NAME</c>, <c>replay:NAME</c>, <c>mcp:CLIENT</c>; see <see cref="ProposalSource"/>.</summary>
    public required string Source { get; init; }

    /// <summary>What is claimed, in a sentence.</summary>
    public required string Hypothesis { get; init; }

    /// <summary>Why it should hold.</summary>
    public required string Mechanism { get; init; }

    /// <summary>What would refute it.</summary>
    public required string Refutation { get; init; }

    /// <summary>Recipe keys and their new values (YAML scalars), against the champion of the moment.</summary>
    public required IReadOnlyDictionary<string, string> Change { get; init; }

    /// <summary>Source code that comes with the change; null for a change of settings alone.</summary>
    public ProposedCode? Code { get; init; }

    /// <summary>Edits of a subject's files, against the champion of the moment; null for our own trainer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FileEdit>? Edits { get; init; }

    /// <summary>Predicted effect.</summary>
    public required Prediction Predicted { get; init; }

    /// <summary>Predicted chance that the gate confirms it, 0 to 1; null where the researcher gave none.</summary>
    public double? ConfirmProbability { get; init; }

    /// <summary>Source whose turn it was, where another stands in; null where it was its own turn.</summary>
    public string? AskedOf { get; init; }

    /// <summary>Why this researcher stands in for the one whose turn it was, in a sentence; null where it was its own turn.</summary>
    public string? InsteadOf { get; init; }
}

/// <summary>A predicted effect: control minus treatment in units of the objective, positive is better.</summary>
/// <param name="Mean">Expected effect.</param>
/// <param name="Sd">Standard deviation of the belief.</param>
public readonly record struct Prediction(double Mean, double Sd);

using System.Text.Json.Serialization;
using Anneal.Lab.Subjects;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab;

/// <summary>A study as its YAML file says it, defaults filled in.</summary>
public sealed record StudySpec
{
    /// <summary>Name; the study's identity in the lab.</summary>
    public required string Study { get; init; }

    /// <summary>What is minimised.</summary>
    public string Objective { get; init; } = "val/bpb";

    /// <summary>The repository that the study improves; null for our own trainer. Recipe says nothing then; corpus and evaluation only where the lab measures it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SubjectSpec? Subject { get; init; }

    /// <summary>Baseline recipe file, relative to the study's file.</summary>
    public required string Recipe { get; init; }

    /// <summary><c>dotnet-docs</c>, <c>man-pages</c> or a path; it overrides the recipe's.</summary>
    public string Corpus { get; init; } = "dotnet-docs";

    /// <summary>Hard limits of the whole study.</summary>
    public StudyBudget Budget { get; init; } = new();

    /// <summary>Who proposes: one of <see cref="ResearcherChoice.Names"/>. In the ledger never <c>auto</c>.</summary>
    public string Researcher { get; init; } = "embedded";

    /// <summary>Experiments (and one-thread runs) in flight. 0 takes the machine's cores.</summary>
    public int Parallel { get; init; }

    /// <summary>Seed of everything the study draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The gate.</summary>
    public AcceptanceSpec Acceptance { get; init; } = new();

    /// <summary>The ruler.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>What may be tried.</summary>
    public SearchSpace Space { get; init; } = new();

    /// <summary>Screening rungs, as rising fractions of the recipe's FLOP budget, each a complete, rescaled run.</summary>
    public IReadOnlyList<double> Rungs { get; init; } = [0.25, 0.5];

    /// <summary>How the baseline, the noise and the seal are measured.</summary>
    public NoiseSpec Noise { get; init; } = new();
}

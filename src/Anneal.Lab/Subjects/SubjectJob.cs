using Anneal.Lab.Ledger;

namespace Anneal.Lab.Subjects;

/// <summary>A run of a subject that a study wants: done once, remembered for ever.</summary>
internal sealed record SubjectJob
{
    /// <summary>What it is for, unique within the study; with the study's name, the run's id.</summary>
    public required string Key { get; init; }

    /// <summary>Why it is made.</summary>
    public required RunRole Role { get; init; }

    /// <summary>State of the subject that is run.</summary>
    public required Revision Revision { get; init; }

    /// <summary>Seed, for a command that takes one.</summary>
    public required long Seed { get; init; }

    /// <summary>Held split that the lab measures it on: <c>val</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "val";

    /// <summary>Experiment it belongs to, or null.</summary>
    public int? Experiment { get; init; }

    /// <summary>Pair index.</summary>
    public int Pair { get; init; }

    /// <summary>Fraction of a full run.</summary>
    public double Rung { get; init; } = 1;

    /// <summary>A run that ends sooner, in seconds, cannot have trained. 0: not known.</summary>
    public double LeastSeconds { get; init; }
}

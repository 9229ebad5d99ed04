using System.Text.Json.Serialization;
using Anneal.Data.Tokenizer;

namespace Anneal.Lab.Subjects;

/// <summary>A repository that a study improves instead of our own trainer: what is run, what may be edited, what it prints.</summary>
public sealed record SubjectSpec
{
    /// <summary>The git repository, absolute. Its checkout and its branches are only read; experiments live in a clone inside the lab.</summary>
    public required string Path { get; init; }

    /// <summary>Commit, branch or tag to start from.</summary>
    public string Revision { get; init; } = "HEAD";

    /// <summary>
    /// Shell command that trains and evaluates once, in the repository's root. <c>{seed}</c> and <c>{budget}</c> (seconds)
    /// are filled in; <c>ANNEAL_SEED</c>, <c>ANNEAL_BUDGET</c> and <c>ANNEAL_RUN_DIR</c> are in its environment.
    /// </summary>
    public required string Command { get; init; }

    /// <summary>Files that a proposal may change, relative to the root, with forward slashes. All else stays as it is.</summary>
    public required IReadOnlyList<string> Edit { get; init; }

    /// <summary>Name of the number that the command prints at its end, as <c>name: value</c>, <c>name=value</c> or in a JSON line.</summary>
    public string Metric { get; init; } = "val_bpb";

    /// <summary>Whether a smaller or a larger metric is better.</summary>
    public SubjectGoal Goal { get; init; } = SubjectGoal.Minimise;

    /// <summary>Seconds that one run is meant to take; at twice as many it is killed.</summary>
    public double Budget { get; init; } = 300;

    /// <summary>Fractions of the budget for short first runs, rising; needs <c>{budget}</c> in the command. Empty: none.</summary>
    public IReadOnlyList<double> Rungs { get; init; } = [];

    /// <summary>Files and folders outside the repository that a run may read, absolute: data, tokenizers, virtual environments.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>Device nodes that a run may use, for example <c>/dev/nvidia0</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Most memory of a run in GB (10^9 bytes), all of its processes together; null: no limit.</summary>
    public double? MemoryGb { get; init; }

    /// <summary>
    /// Shell command that answers the logits protocol for the model that a run left in <c>ANNEAL_RUN_DIR</c>: the lab measures
    /// the value itself, as val/bpb. Null: the value is what <see cref="Command"/> prints.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Logits { get; init; }

    /// <summary>Tokenizer that the lab makes the tokens of <c>ANNEAL_TRAIN_DIR</c> with; null without <see cref="Logits"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TokenizerConfig? Tokenizer { get; init; }

    /// <summary>The lab measures the values; what the command prints is not believed, and not needed.</summary>
    [JsonIgnore]
    public bool Measured => Logits is not null;

    /// <summary>Name of a run's value: the lab's own measure, or the metric that the command prints.</summary>
    [JsonIgnore]
    public string Measure => Measured ? "val/bpb" : Metric;

    /// <summary>An experiment that could not be given this many pairs is not begun.</summary>
    internal const int WorthwhilePairs = 3;

    /// <summary>Least limit on the runs of a sensible study.</summary>
    internal static int LeastRuns(StudySpec spec) =>
        2 * (spec.Noise.NullPairs + spec.Rungs.Count + Math.Min(WorthwhilePairs, spec.Acceptance.MaxPairs) + spec.Noise.SealedPairs);

    /// <summary>What the study minimises: the measure, or minus the metric.</summary>
    public string Objective => Goal == SubjectGoal.Minimise ? Measure : $"-{Metric}";

    /// <summary>Value of the objective for a value of the metric, and back.</summary>
    /// <param name="value">Metric or objective.</param>
    public double Signed(double value) => Goal == SubjectGoal.Minimise ? value : -value;
}

/// <summary>Which way a metric is better.</summary>
public enum SubjectGoal
{
    /// <summary>Lower is better.</summary>
    Minimise,

    /// <summary>Higher is better.</summary>
    Maximise,
}

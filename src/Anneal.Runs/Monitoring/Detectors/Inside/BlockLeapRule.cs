using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>When a statistic of a part of the model is news.</summary>
/// <param name="Detector">Snake case.</param>
/// <param name="Statistic">Which one.</param>
/// <param name="Cause">Where the fault then lies.</param>
/// <param name="Signal">What the statistic is called in a sentence.</param>
/// <param name="Meaning">What the leap means, as the end of a sentence.</param>
internal sealed record BlockLeapRule(string Detector, BlockStatistic Statistic, Cause Cause, string Signal, string Meaning)
{
    /// <summary>Compared as logarithms: distances are factors. Else as they are.</summary>
    public bool Logarithmic { get; init; } = true;

    /// <summary>Held against the median part of the model: what moves all of them is another detector's.</summary>
    public bool AgainstOthers { get; init; }

    /// <summary>Only a rise counts.</summary>
    public bool OnlyUp { get; init; }

    /// <summary>Least distance for a warning, in nats of the logarithm or in the statistic's unit.</summary>
    public required double Warn { get; init; }

    /// <summary>Least distance for an act, at the second value.</summary>
    public required double Act { get; init; }

    /// <summary>Smaller values mean nothing, however far they leapt; in the statistic's unit. Acts ask for three times as much.</summary>
    public double LeastValue { get; init; } = double.NegativeInfinity;

    /// <summary>Every rule of this version.</summary>
    public static IReadOnlyList<BlockLeapRule> All { get; } =
    [
        new("block_gradient", BlockStatistic.GradNorm, Cause.Numerics, "gradient norm", "its gradient alone is wrong") { AgainstOthers = true, Warn = Math.Log(4), Act = Math.Log(8) },
        new("dead_units", BlockStatistic.ZeroFraction, Cause.Model, "share of zero activations", "units died") { Logarithmic = false, OnlyUp = true, Warn = 0.08, Act = 0.2 },
        new("activation_scale", BlockStatistic.ActRms, Cause.Model, "activation scale", "its activations saturate or collapse") { Warn = Math.Log(1.7), Act = Math.Log(6) },
        // Attention that learns where to look rises to a few; e^10 outweighs a context of thousands.
        new("attention_collapse", BlockStatistic.MaxAttentionLogit, Cause.Model, "largest attention logit", "attention puts all weight on single tokens") { OnlyUp = true, Warn = Math.Log(2.2), Act = Math.Log(5), LeastValue = 10 },
        new("block_weights", BlockStatistic.ParamNorm, Cause.Model, "parameter norm", "its parameters were changed by more than training does") { AgainstOthers = true, Warn = Math.Log(1.15), Act = Math.Log(2) },
    ];
}

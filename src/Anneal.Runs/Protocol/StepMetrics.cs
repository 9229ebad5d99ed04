using System.Globalization;
using Anneal.Engine.Training;

namespace Anneal.Runs.Protocol;

/// <summary>What a trainer says about one step; a line of <c>metrics.jsonl</c>. Only step and loss are always there.</summary>
public sealed record StepMetrics
{
    /// <summary><c>step</c>: the step just done, from 1.</summary>
    public required int Step { get; init; }

    /// <summary><c>train/loss</c>: nats per token; may be non-finite.</summary>
    public required double Loss { get; init; }

    /// <summary><c>time</c>: seconds since the run began.</summary>
    public double? Time { get; init; }

    /// <summary><c>train/tokens</c>: training tokens so far.</summary>
    public long? Tokens { get; init; }

    /// <summary><c>train/lr</c>: peak group's learning rate in this step.</summary>
    public double? LearningRate { get; init; }

    /// <summary><c>train/grad_norm</c>: global L2 before clipping.</summary>
    public double? GradNorm { get; init; }

    /// <summary><c>train/update_norm</c>: L2 of the change of all parameters.</summary>
    public double? UpdateNorm { get; init; }

    /// <summary><c>train/param_norm</c>: L2 of all parameters.</summary>
    public double? ParamNorm { get; init; }

    /// <summary><c>train/nonfinite</c>: the guard refused the update (1) or not (0).</summary>
    public bool? Nonfinite { get; init; }

    /// <summary><c>train/clipped</c>: the gradient was clipped (1) or not (0).</summary>
    public bool? Clipped { get; init; }

    /// <summary><c>data/batch_hash</c>: 16 hex digits.</summary>
    public string? BatchHash { get; init; }

    /// <summary><c>data/repeat_fraction</c>: share of tokens read before, 0 to 1.</summary>
    public double? RepeatFraction { get; init; }

    /// <summary><c>data/token_entropy</c>: of the batch's unigrams, nats.</summary>
    public double? TokenEntropy { get; init; }

    /// <summary><c>perf/step_seconds</c>.</summary>
    public double? StepSeconds { get; init; }

    /// <summary><c>perf/tokens_per_second</c>.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary><c>perf/rss_mb</c>: resident memory of the process, MiB.</summary>
    public double? RssMb { get; init; }

    /// <summary>Everything else that is a number, by its full name: <c>train/grad_norm/block0</c>.</summary>
    public IReadOnlyDictionary<string, double> Extra { get; init; } = None;

    private static readonly Dictionary<string, double> None = [];

    /// <summary>What our trainer reports of a step; times and block statistics are their measurer's to add.</summary>
    /// <param name="report">The step just done.</param>
    public static StepMetrics Of(StepReport report) => new()
    {
        Step = (int)report.Step,
        Tokens = report.Tokens,
        Loss = report.Loss,
        LearningRate = report.LearningRate,
        GradNorm = report.GradNorm,
        UpdateNorm = report.UpdateNorm,
        ParamNorm = report.ParamNorm,
        Nonfinite = report.Nonfinite,
        Clipped = report.Clipped,
        BatchHash = report.BatchHash.ToString("x16", CultureInfo.InvariantCulture),
        RepeatFraction = report.RepeatFraction,
        TokenEntropy = report.TokenEntropy,
    };
}

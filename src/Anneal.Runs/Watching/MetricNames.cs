namespace Anneal.Runs.Watching;

/// <summary>What common trainers call the signals of <c>metrics.jsonl</c>.</summary>
public static class MetricNames
{
    /// <summary>Steps done.</summary>
    public const string Step = "step";

    /// <summary>Nats per token.</summary>
    public const string Loss = "train/loss";

    private static readonly Dictionary<string, string> canonical = new(StringComparer.OrdinalIgnoreCase)
    {
        ["iter"] = Step,
        ["iteration"] = Step,
        ["global_step"] = Step,
        ["loss"] = Loss,
        ["train_loss"] = Loss,
        ["training_loss"] = Loss,
        ["lm_loss"] = Loss,
        ["lr"] = "train/lr",
        ["learning_rate"] = "train/lr",
        ["learning-rate"] = "train/lr",
        ["grad_norm"] = "train/grad_norm",
        ["grad-norm"] = "train/grad_norm",
        ["gnorm"] = "train/grad_norm",
        ["norm"] = "train/grad_norm",
        ["tokens"] = "train/tokens",
        ["dt"] = "perf/step_seconds",
        ["step_time"] = "perf/step_seconds",
        ["tok/sec"] = "perf/tokens_per_second",
        ["tok/s"] = "perf/tokens_per_second",
        ["tokens/s"] = "perf/tokens_per_second",
        ["tokens_per_sec"] = "perf/tokens_per_second",
        ["tokens_per_second"] = "perf/tokens_per_second",
        ["val_loss"] = "val/loss",
        ["valid_loss"] = "val/loss",
        ["validation_loss"] = "val/loss",
        ["eval_loss"] = "val/loss",
        ["val_bpb"] = "val/bpb",
        ["test_loss"] = "test/loss",
    };

    /// <summary>The protocol's name of a signal; a name without an alias stays as it is.</summary>
    /// <param name="name">As printed.</param>
    public static string Canonical(string name) => canonical.GetValueOrDefault(name, name);
}

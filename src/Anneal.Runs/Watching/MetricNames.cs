using System.Text;

namespace Anneal.Runs.Watching;

/// <summary>What common trainers call the signals of <c>metrics.jsonl</c>.</summary>
public static class MetricNames
{
    /// <summary>Steps done.</summary>
    public const string Step = "step";

    /// <summary>Steps of the whole run.</summary>
    public const string Steps = "steps_total";

    /// <summary>Nats per token.</summary>
    public const string Loss = "train/loss";

    /// <summary>Which of several processes said it.</summary>
    public const string Rank = "rank";

    internal const string ValLoss = "val/loss", ValBpb = "val/bpb", LearningRate = "train/lr", GradNorm = "train/grad_norm", Tokens = "train/tokens", Nonfinite = "train/nonfinite";
    internal const string StepSeconds = "perf/step_seconds", TokensPerSecond = "perf/tokens_per_second", RssMb = "perf/rss_mb";

    // Where a progress bar stands, of how many, and in which epoch.
    internal const string Bar = "bar", BarTotal = "bar_total", BarEpoch = "bar_epoch";

    // Means over the run, printed at its end: no step's loss.
    internal const string Summary = "train_runtime";

    private static readonly Dictionary<string, string> canonical = Aliases(
        (Step, "step iter iteration iters global_step global_steps current_step current_steps train_step training_step num_updates update trainer/global_step train/global_step _step optimizer_step"),
        (Steps, "total_steps max_steps train_iters max_iters num_training_steps total_training_steps total_optimization_steps max_train_steps num_iterations"),
        (Loss, "loss train_loss training_loss lm_loss ce_loss train/loss train/ce_loss train/lm_loss training/loss loss/train loss_train train_loss_step train/loss_step training_loss_step train/train_loss"
            + " loss_metrics/global_avg_loss global_avg_loss batch_loss step_loss cross_entropy cross_entropy_loss train/cross_entropy train/cross_entropy_loss train/samples/train_loss lm-loss lm_loss_training"),
        (LearningRate, "lr learning_rate learning-rate train/lr train/learning_rate optim/lr optimizer/lr train/samples/lr lr-adamw lr-adam lr-sgd last_lr current_lr lr/lr"),
        (GradNorm, "grad_norm grad-norm gnorm norm gradient_norm total_grad_norm global_grad_norm train/grad_norm optim/total_grad_norm optim/grad_norm grad_norm/total train/gradient_norm train/global_grad_norm"),
        (Tokens, "tokens consumed_tokens tokens_seen total_tokens total_tokens_seen num_tokens n_tokens train/tokens train/tokens_seen throughput/total_tokens train/total_tokens num_input_tokens_seen"),
        (Nonfinite, "number_of_nan_iterations train/nonfinite nan_iterations"),
        (StepSeconds, "dt step_time step_seconds elapsed_time_per_iteration iter_time iteration_time iteration-time time_per_iter time_per_step sec/step s/step perf/step_seconds train/step_time time_metrics/end_to_end"),
        (TokensPerSecond, "tok/sec tok/s tokens/s tokens/sec tokens_per_sec tokens_per_second tok_per_sec tps throughput/device/tps tokens/s/gpu perf/tokens_per_second"),
        (RssMb, "perf/rss_mb rss_mb"),
        (ValLoss, "val_loss valid_loss validation_loss eval_loss val/loss valid/loss validation/loss eval/loss loss/val loss/validation loss_val lm_loss_value lm_loss_validation val/val_loss val/ce_loss eval/ce_loss val_loss_epoch"),
        (ValBpb, "val_bpb validation_bpb valid_bpb val/bpb eval/bpb"),
        ("test/loss", "test_loss test/loss"),
        (Rank, "rank"));

    // A word before `loss` that makes it another one's.
    private static readonly string[] otherLosses =
        ["aux", "auxiliary", "balance", "balancing", "z", "mtp", "router", "moe", "kl", "reg", "regularization", "best", "initial", "final", "min", "minimum", "lowest", "target", "ema", "distill", "contrastive", "previous", "last", "expected", "smallest"];

    /// <summary>The protocol's name of a signal; a name without an alias stays as it is.</summary>
    /// <param name="name">As printed.</param>
    public static string Canonical(string name) => canonical.GetValueOrDefault(name) ?? canonical.GetValueOrDefault(Plain(name), name);

    /// <summary>It names a signal of the protocol.</summary>
    internal static bool Knows(string name) => canonical.ContainsKey(name) || canonical.ContainsKey(Plain(name));

    /// <summary>
    /// The name within words that stand before a number: the longest end of them that names a signal (<c>lm loss</c>,
    /// <c>number of nan iterations</c>), else the last word.
    /// </summary>
    /// <param name="words">At least one word.</param>
    internal static string Of(string words)
    {
        if (!words.Contains(' ', StringComparison.Ordinal)) return words;
        var parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var from = 0; from < parts.Length; from++)
        {
            var name = string.Join('_', parts[from..]);
            if (!Knows(name)) continue;
            var isOther = from > 0 && Canonical(name) is Loss or ValLoss && IsOther(parts[from - 1]);
            return isOther ? $"{parts[from - 1]}_{name}" : from == parts.Length - 1 ? parts[^1] : name;
        }
        return parts[^1];
    }

    /// <summary>The signal that a chart's title names: as it stands, or, below a heading that is not of another split or part, by its last part (<c>losses/lm_loss</c>).</summary>
    internal static string OfTag(string tag)
    {
        if (Knows(tag) || tag.LastIndexOf('/') is not (> 0 and var slash)) return tag;
        var (heading, last) = (tag[..slash].ToLowerInvariant(), tag[(slash + 1)..]);
        if (!Knows(last) || heading.Split('/', '_', '-', ' ').Any(word => otherLosses.Contains(word, StringComparer.Ordinal) || word is "val" or "valid" or "validation" or "eval" or "test")) return tag;
        return Canonical(last) is Loss or LearningRate ? last : tag;
    }

    private static bool IsOther(string word)
    {
        var last = word[(word.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return otherLosses.Contains(last.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '_', '-'), StringComparer.Ordinal);
    }

    // `optim/LR (group 0)`, `throughput(tps)`: lower case, blanks joined, what stands in parentheses left out.
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        var depth = 0;
        foreach (var c in name)
            if (c == '(') depth++;
            else if (c == ')') depth--;
            else if (depth == 0) plain.Append(c == ' ' ? '_' : char.ToLowerInvariant(c));
        return plain.ToString().Trim('_');
    }

    private static Dictionary<string, string> Aliases(params (string Name, string Words)[] signals) =>
        signals.SelectMany(signal => signal.Words.Split(' ').Select(alias => (alias, signal.Name))).ToDictionary(pair => pair.alias, pair => pair.Name, StringComparer.OrdinalIgnoreCase);
}

using Anneal.Engine.Training;

namespace Anneal.Runs.Protocol;

/// <summary>A model's health as metrics by name: <c>train/grad_norm/block.0</c>.</summary>
internal static class BlockSignals
{
    /// <summary>What a line of <c>metrics.jsonl</c> says of each block.</summary>
    public static Dictionary<string, double> Of(IReadOnlyList<BlockStatistics> blocks)
    {
        var signals = new Dictionary<string, double>(StringComparer.Ordinal);
        var largest = double.NegativeInfinity;
        foreach (var block in blocks)
        {
            signals[$"train/grad_norm/{block.Block}"] = block.GradNorm;
            signals[$"train/param_norm/{block.Block}"] = block.ParamNorm;
            // Embedding and head have no activations of their own.
            if (!block.Block.StartsWith("block.", StringComparison.Ordinal)) continue;
            signals[$"model/act_rms/{block.Block}"] = block.ActRms;
            signals[$"model/zero_fraction/{block.Block}"] = block.ZeroFraction;
            largest = Math.Max(largest, block.MaxAttentionLogit);
        }
        if (largest > double.NegativeInfinity) signals["model/max_attn_logit"] = largest;
        return signals;
    }
}

using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Gradient norms of a step: global under the empty name, and each block's where the trainer says them.</summary>
internal static class GradientNorms
{
    private const string Prefix = "train/grad_norm/";

    public static IEnumerable<(string Block, double Norm)> Of(StepMetrics step)
    {
        if (step.GradNorm is { } norm) yield return ("", norm);
        foreach (var (name, value) in step.Extra)
            if (name.StartsWith(Prefix, StringComparison.Ordinal)) yield return (name[Prefix.Length..], value);
    }
}

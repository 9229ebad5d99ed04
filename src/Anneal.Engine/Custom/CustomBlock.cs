using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

/// <summary>
/// A block of the transformer, from a proposal: replaces every block between the embedding and the head. It is written down once a
/// layer, as a graph of the lab's operators; they are counted, placed in memory and differentiated like the built-in ones.
/// </summary>
/// <example>The recipe's block with a short convolution before attention:
/// <code>
/// public sealed class Mixed : CustomBlock
/// {
///     public override Node Build(BlockBuilder b, Node x, int layer, int layers)
///     {
///         Node local = b.Convolution("mix", b.Norm("mix_norm", x), taps: 3);
///         x = b.Add(x, b.Scale("mix_scale", local, initial: 0));
///         return b.DefaultMlp(b.DefaultAttention(x));
///     }
/// }
/// </code>
/// </example>
public abstract class CustomBlock
{
    /// <summary>Writes one layer down. A pure function of its arguments: it is called anew for every model, graphs of all shapes follow from it.</summary>
    /// <param name="b">The operators.</param>
    /// <param name="x">The residual stream, [tokens, width of the model].</param>
    /// <param name="layer">0 to <paramref name="layers"/> - 1.</param>
    /// <param name="layers">Blocks of the model.</param>
    /// <returns>The residual stream after the block, as wide as <paramref name="x"/>.</returns>
    public abstract Node Build(BlockBuilder b, Node x, int layer, int layers);

    internal BlockPlan Plan(ParameterLayout layout, ModelConfig config, int layer)
    {
        var builder = new BlockBuilder(layout, config, layer);
        return builder.Finish(Build(builder, builder.Input, layer, config.Layers));
    }
}

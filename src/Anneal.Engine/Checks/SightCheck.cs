using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Checks;

/// <summary>
/// What a block lets a token see: itself and earlier tokens of its own sequence. A token is changed, and nothing before it and in
/// no other sequence may move by a bit.
/// </summary>
internal static class SightCheck
{
    private const int Sequences = 2, Tokens = 16, Vocab = 64;

    public static void Run(ModelConfig config, CustomBlock block)
    {
        using var model = new Transformer(config, Vocab, seed: 1, block);
        Stir(model);
        var context = Math.Min(Tokens, config.Context);
        using var graph = new TransformerGraph(model.Layout, config, Sequences, context, GraphPurpose.Hidden);
        using var team = new ThreadTeam(1);
        graph.Ops.Allocate(team);

        for (var i = 0; i < graph.Ids.Length; i++) graph.Ids[i] = (7 * i + 3) % Vocab;
        var before = Hidden(graph);
        if (before.Any(value => !float.IsFinite(value))) throw new UnsoundCodeException("the block's output is not finite for parameters of ordinary size.");
        if (!Hidden(graph).AsSpan().SequenceEqual(before)) throw new UnsoundCodeException("the same tokens give other outputs the second time; a block must depend on its input and parameters alone.");
        foreach (var changed in new[] { 1, context / 2, context - 1 }.Where(token => token > 0).Distinct())
        {
            var id = graph.Ids[changed];
            graph.Ids[changed] = (id + 1) % Vocab;
            var after = Hidden(graph);
            graph.Ids[changed] = id;
            for (var i = 0; i < after.Length; i++)
            {
                int row = i / config.Width, token = row % context;
                if (after[i] == before[i] || (row < context && token >= changed)) continue;
                throw new UnsoundCodeException(row >= context
                    ? $"sequences see each other: token {changed} of sequence 0 was changed, and the output at token {token} of sequence {row / context} moved by {after[i] - before[i]:G3}."
                    : $"the future is seen: token {changed} was changed, and the output at the earlier token {token} moved by {after[i] - before[i]:G3}.");
            }
        }
    }

    // Parts that start at zero would hide what they see.
    private static void Stir(Transformer model)
    {
        foreach (var parameter in model.Parameters)
        {
            var key = CounterRandom.Key(2, parameter.Name);
            var value = parameter.Value;
            for (var i = 0; i < value.Length; i++) value[i] += (float)(0.1 * CounterRandom.Gaussian(key, (ulong)i));
        }
    }

    private static float[] Hidden(TransformerGraph graph)
    {
        graph.Ops.Forward();
        return graph.Hidden.Values.ToArray();
    }
}

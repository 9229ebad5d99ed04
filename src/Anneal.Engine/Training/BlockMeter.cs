using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;
using Anneal.Engine.Layers;
using Anneal.Engine.Models;

namespace Anneal.Engine.Training;

/// <summary>Measures <see cref="BlockStatistics"/> of a model on the batch that its graph holds.</summary>
internal static unsafe class BlockMeter
{
    public static IReadOnlyList<BlockStatistics> Measure(Transformer model, TransformerGraph graph)
    {
        // Backward has reused the memory of activations. The head would add to the gradients, so it is left out.
        foreach (var op in graph.Ops.Ops)
        {
            if (op is CrossEntropyHead) continue;
            op.Forward();
        }

        var blocks = new List<BlockStatistics>();
        foreach (var block in model.Parameters.GroupBy(parameter => parameter.Block, StringComparer.Ordinal))
        {
            double grad = 0, value = 0;
            foreach (var parameter in block)
            {
                grad += Squares(parameter.Grad);
                value += Squares(parameter.Value);
            }

            var layer = block.Key.StartsWith("block.") ? int.Parse(block.Key["block.".Length..]) : -1;
            blocks.Add(new(
                block.Key,
                Math.Sqrt(grad),
                Math.Sqrt(value),
                layer < 0 ? double.NaN : Math.Sqrt(Squares(graph.BlockOutputs[layer].Values) / graph.BlockOutputs[layer].Length),
                graph.Activations.TryGetValue(layer, out var hidden) ? (double)hidden.Values.Count(0f) / hidden.Length : double.NaN,
                graph.Attentions.TryGetValue(layer, out var attention) ? MaxLogit(attention) : double.NaN));
        }

        return blocks;
    }

    private static double Squares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) sum += (double)value * value;
        return sum;
    }

    private static double MaxLogit(Attention attention)
    {
        var shape = attention.Shape;
        var max = double.NegativeInfinity;
        for (var h = 0; h < shape.Heads; h++)
        {
            var kv = h / (shape.Heads / shape.KvHeads);
            for (var t = 0; t < shape.Context; t++)
            {
                var q = attention.Qkv.Value + (long)t * shape.Columns + h * shape.HeadWidth;
                for (var s = 0; s <= t; s++)
                {
                    var k = attention.Qkv.Value + (long)s * shape.Columns + shape.Keys + kv * shape.HeadWidth;
                    max = Math.Max(max, Loops.Sum(new Products(q, k), shape.HeadWidth));
                }
            }
        }

        return max / Math.Sqrt(shape.HeadWidth);
    }

    private readonly struct Products(float* x, float* y) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(y + i);
    }
}

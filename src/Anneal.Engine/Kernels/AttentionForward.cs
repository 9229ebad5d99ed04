using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>Forward pass of <see cref="CausalAttention"/>; a part is one key-value head of one sequence.</summary>
internal readonly unsafe struct AttentionForward<TV>(
    float* q, float* k, float* v, float* o, float* logSumExp, AttentionShape s, float** scratch) : IParallelJob
    where TV : unmanaged, ISimd<TV>
{
    /// <summary>Floats that a worker needs.</summary>
    public static long ScratchLength(in AttentionBlocks<TV> blocks) =>
        MatMulTile.EdgeLength<TV>() + blocks.Tile * blocks.Width + (long)blocks.Width * blocks.TokensInPanels
        + (long)blocks.WidthInPanels * blocks.Tokens + (long)blocks.Rows * blocks.TokensInPanels;

    [MethodImpl(AggressiveOptimization)]
    public void Part(int part, int worker)
    {
        var blocks = new AttentionBlocks<TV>(s);
        int t = s.Tokens, d = s.HeadWidth, group = s.Heads / s.KvHeads;
        long b = part / s.KvHeads, g = part % s.KvHeads;
        float* edge = scratch[worker];
        float* ragged = edge + MatMulTile.EdgeLength<TV>();
        float* keys = ragged + blocks.Tile * d;
        float* values = keys + (long)d * blocks.TokensInPanels;
        float* scores = values + (long)blocks.WidthInPanels * t;
        MatMulPack.AcrossRows(k + b * t * s.KeyStride + g * d, s.KeyStride, t, d, blocks.Panel, keys);
        MatMulPack.AlongRows<TV>(v + b * t * s.ValueStride + g * d, s.ValueStride, d, t, blocks.Panel, values);
        for (long h = g * group; h < (g + 1) * group; h++)
        {
            float* queries = q + b * t * s.QueryStride + h * d;
            float* outputs = o + b * t * s.OutputStride + h * d;
            float* logs = logSumExp + (b * s.Heads + h) * t;
            for (int from = 0; from < t; from += blocks.Rows)
            {
                int count = Math.Min(blocks.Rows, t - from);
                blocks.Scores(queries, s.QueryStride, from, count, keys, scores, ragged);
                for (int i = 0; i < count; i++)
                {
                    float* row = scores + (long)i * blocks.TokensInPanels;
                    logs[from + i] = Softmax(row, blocks.Mask(row, from + i, from), s.Scale);
                }

                blocks.Gather(scores, from, count, values, outputs, s.OutputStride, edge);
            }
        }
    }

    /// <summary>Replaces scores by probabilities and returns the log-sum-exp of the scaled scores.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static float Softmax(float* row, int length, float scale)
    {
        TV largest = TV.Broadcast(float.NegativeInfinity), factor = TV.Broadcast(scale);
        for (int i = 0; i < length; i += TV.Width) largest = TV.Max(largest, TV.Load(row + i) * factor);
        float max = TV.MaxOf(largest);
        TV sums = TV.Zero, shift = TV.Broadcast(-max);
        for (int i = 0; i < length; i += TV.Width)
        {
            TV p = SimdMath.Exp(TV.Fma(TV.Load(row + i), factor, shift));
            p.Store(row + i);
            sums += p;
        }

        float sum = TV.Sum(sums);
        TV share = TV.Broadcast(1 / sum);
        for (int i = 0; i < length; i += TV.Width) (TV.Load(row + i) * share).Store(row + i);
        return max + MathF.Log(sum);
    }
}

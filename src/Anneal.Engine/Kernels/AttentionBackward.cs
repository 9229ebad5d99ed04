using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Backward pass of <see cref="CausalAttention"/>; a part is one key-value head of one sequence. With P the probabilities:
/// dV = P^T dO, dP = dO V^T, dS = scale P (dP - rowsum(dO o)), dQ = dS K, dK = dS^T Q.
/// </summary>
internal readonly unsafe struct AttentionBackward<TV>(
    float* q, float* k, float* v, float* o, float* logSumExp, float* dO, float* dQ, float* dK, float* dV, AttentionShape s, float** scratch)
    : IParallelJob
    where TV : unmanaged, ISimd<TV>
{
    /// <summary>Floats that a worker needs.</summary>
    public static long ScratchLength(in AttentionBlocks<TV> blocks) =>
        MatMulTile.EdgeLength<TV>() + blocks.Tile * blocks.Width + 2L * blocks.Width * blocks.TokensInPanels
        + (long)blocks.WidthInPanels * blocks.Tokens + (long)blocks.Rows * blocks.WidthInPanels + 2L * blocks.Rows * blocks.TokensInPanels
        + blocks.Tile; // the last tile of keys reads past the last row and drops what it finds

    [MethodImpl(AggressiveOptimization)]
    public void Part(int part, int worker)
    {
        var blocks = new AttentionBlocks<TV>(s);
        int t = s.Tokens, d = s.HeadWidth, group = s.Heads / s.KvHeads, length = blocks.TokensInPanels;
        long b = part / s.KvHeads, g = part % s.KvHeads;
        float* edge = scratch[worker];
        float* ragged = edge + MatMulTile.EdgeLength<TV>();
        float* keys = ragged + blocks.Tile * d;
        float* values = keys + (long)d * length;
        float* keyColumns = values + (long)d * length;
        float* block = keyColumns + (long)blocks.WidthInPanels * t;
        float* p = block + (long)blocks.Rows * blocks.WidthInPanels;
        float* dS = p + (long)blocks.Rows * length;
        long key0 = b * t * s.KeyStride + g * d, value0 = b * t * s.ValueStride + g * d;
        MatMulPack.AcrossRows(k + key0, s.KeyStride, t, d, blocks.Panel, keys);
        MatMulPack.AcrossRows(v + value0, s.ValueStride, t, d, blocks.Panel, values);
        MatMulPack.AlongRows<TV>(k + key0, s.KeyStride, d, t, blocks.Panel, keyColumns);
        for (long h = g * group; h < (g + 1) * group; h++)
        {
            long query0 = b * t * s.QueryStride + h * d, output0 = b * t * s.OutputStride + h * d;
            float* logs = logSumExp + (b * s.Heads + h) * t;
            bool first = h == g * group;
            for (int from = 0; from < t; from += blocks.Rows)
            {
                int count = Math.Min(blocks.Rows, t - from);
                blocks.Scores(q + query0, s.QueryStride, from, count, keys, p, ragged);
                blocks.Scores(dO + output0, s.OutputStride, from, count, values, dS, ragged);
                Differentiate(blocks, p, dS, from, count, o + output0, dO + output0, logs);
                blocks.Gather(dS, from, count, keyColumns, dQ + query0, s.QueryStride, edge);
                MatMulPack.AlongRows<TV>(dO + output0 + from * (long)s.OutputStride, s.OutputStride, d, count, blocks.Panel, block);
                blocks.Scatter(p, from, count, block, dV + value0, s.ValueStride, first, edge);
                MatMulPack.AlongRows<TV>(q + query0 + from * (long)s.QueryStride, s.QueryStride, d, count, blocks.Panel, block);
                blocks.Scatter(dS, from, count, block, dK + key0, s.KeyStride, first, edge);
            }
        }
    }

    /// <summary>Scores become probabilities, gradients of probabilities become gradients of scores, for the queries of a block.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Differentiate(in AttentionBlocks<TV> blocks, float* p, float* dS, int from, int count, float* outputs, float* gradients, float* logs)
    {
        TV factor = TV.Broadcast(s.Scale);
        for (int i = 0; i < count; i++, p += blocks.TokensInPanels, dS += blocks.TokensInPanels)
        {
            int query = from + i, length = blocks.Mask(p, query, from);
            TV shift = TV.Broadcast(-logs[query]);
            TV mean = TV.Broadcast(Dot(outputs + query * (long)s.OutputStride, gradients + query * (long)s.OutputStride, s.HeadWidth));
            for (int j = 0; j < length; j += TV.Width)
            {
                TV probability = SimdMath.Exp(TV.Fma(TV.Load(p + j), factor, shift));
                probability.Store(p + j);
                (probability * factor * (TV.Load(dS + j) - mean)).Store(dS + j);
            }
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static float Dot(float* x, float* y, int length)
    {
        TV sums = TV.Zero;
        int i = 0;
        for (; i <= length - TV.Width; i += TV.Width) sums = TV.Fma(TV.Load(x + i), TV.Load(y + i), sums);
        float sum = TV.Sum(sums);
        for (; i < length; i++) sum += x[i] * y[i];
        return sum;
    }
}

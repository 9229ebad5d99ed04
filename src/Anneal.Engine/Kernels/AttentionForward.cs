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
        + (long)blocks.WidthInPanels * blocks.Tokens + (long)blocks.Rows * (blocks.TokensInPanels + 2);

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
        float* maxima = scores + (long)blocks.Rows * blocks.TokensInPanels;
        float* sums = maxima + blocks.Rows;
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
                Exponentials(blocks, scores, from, count, maxima, sums);
                blocks.Gather(scores, from, count, values, outputs, s.OutputStride, edge);
                Normalise(outputs + from * (long)s.OutputStride, count, maxima, sums, logs + from);
            }
        }
    }

    /// <summary>
    /// Scores become exponentials above their row's maximum. Two loops over the rows, so that the processor overlaps the rows' reductions.
    /// </summary>
    [MethodImpl(AggressiveOptimization)]
    private void Exponentials(in AttentionBlocks<TV> blocks, float* scores, int from, int count, float* maxima, float* sums)
    {
        TV factor = TV.Broadcast(s.Scale);
        float* row = scores;
        for (int i = 0; i < count; i++, row += blocks.TokensInPanels)
        {
            int length = blocks.Mask(row, from + i, from);
            TV largest = TV.Broadcast(float.NegativeInfinity);
            for (int j = 0; j < length; j += TV.Width) largest = TV.Max(largest, TV.Load(row + j) * factor);
            maxima[i] = TV.MaxOf(largest);
        }

        row = scores;
        for (int i = 0; i < count; i++, row += blocks.TokensInPanels)
        {
            int length = blocks.Seen(from + i, from);
            TV sum = TV.Zero, shift = TV.Broadcast(-maxima[i]);
            for (int j = 0; j < length; j += TV.Width)
            {
                TV p = SimdMath.Exp(TV.Fma(TV.Load(row + j), factor, shift));
                p.Store(row + j);
                sum += p;
            }

            sums[i] = TV.Sum(sum);
        }
    }

    /// <summary>Divides the outputs of a block by the sums of their rows and writes the log-sum-exp.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Normalise(float* outputs, int count, float* maxima, float* sums, float* logs)
    {
        for (int i = 0; i < count; i++, outputs += s.OutputStride)
        {
            float share = 1 / sums[i];
            int j = 0;
            for (; j <= s.HeadWidth - TV.Width; j += TV.Width) (TV.Load(outputs + j) * TV.Broadcast(share)).Store(outputs + j);
            for (; j < s.HeadWidth; j++) outputs[j] *= share;
            logs[i] = maxima[i] + MathF.Log(sums[i]);
        }
    }
}

using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Causal softmax attention without a T x T matrix in memory: token t attends to tokens 0 to t of its sequence. The backward pass
/// recomputes the probabilities from the log-sum-exp of each row (Dao et al. 2022, arXiv 2205.14135).
/// </summary>
public static unsafe class CausalAttention
{
    /// <summary>o = softmax(scale q k^T + causal mask) v.</summary>
    /// <param name="q">Queries [B, T, H, D].</param>
    /// <param name="k">Keys [B, T, KvHeads, D].</param>
    /// <param name="v">Values [B, T, KvHeads, D].</param>
    /// <param name="o">Output [B, T, H, D], overwritten.</param>
    /// <param name="logSumExp">Logarithm of the sum of exponentials of each row of scores [B, H, T], overwritten; the backward pass needs it.</param>
    /// <param name="shape">Sizes, strides and scale.</param>
    /// <param name="team">Threads.</param>
    public static void Forward(float* q, float* k, float* v, float* o, float* logSumExp, in AttentionShape shape, ThreadTeam team)
    {
        var job = new ForwardJob(q, k, v, o, logSumExp, shape);
        team.Run(shape.Batch * shape.KvHeads, ref job);
    }

    /// <summary>Gradients of <see cref="Forward"/>.</summary>
    /// <param name="q">Queries of the forward pass.</param>
    /// <param name="k">Keys of the forward pass.</param>
    /// <param name="v">Values of the forward pass.</param>
    /// <param name="o">Output of the forward pass.</param>
    /// <param name="logSumExp">Log-sum-exp of the forward pass [B, H, T].</param>
    /// <param name="dO">Gradient of the output, laid out like o.</param>
    /// <param name="dQ">Gradient of the queries, laid out like q, overwritten.</param>
    /// <param name="dK">Gradient of the keys, laid out like k, overwritten.</param>
    /// <param name="dV">Gradient of the values, laid out like v, overwritten.</param>
    /// <param name="shape">Sizes, strides and scale.</param>
    /// <param name="team">Threads.</param>
    public static void Backward(
        float* q, float* k, float* v, float* o, float* logSumExp, float* dO, float* dQ, float* dK, float* dV, in AttentionShape shape, ThreadTeam team)
    {
        var job = new BackwardJob(q, k, v, o, logSumExp, dO, dQ, dK, dV, shape);
        team.Run(shape.Batch * shape.KvHeads, ref job);
    }

    private readonly struct ForwardJob(float* q, float* k, float* v, float* o, float* logSumExp, AttentionShape s) : IParallelJob
    {
        [MethodImpl(AggressiveOptimization)]
        public void Part(int part, int worker)
        {
            int b = part / s.KvHeads, g = part % s.KvHeads, group = s.Heads / s.KvHeads, d = s.HeadWidth;
            for (int h = g * group; h < (g + 1) * group; h++)
            {
                for (int t = 0; t < s.Tokens; t++)
                {
                    float* qt = q + ((long)b * s.Tokens + t) * s.QueryStride + h * d;
                    float* ot = o + ((long)b * s.Tokens + t) * s.OutputStride + h * d;
                    float max = float.NegativeInfinity, sum = 0;
                    new Span<float>(ot, d).Clear();
                    for (int u = 0; u <= t; u++)
                    {
                        float* ku = k + ((long)b * s.Tokens + u) * s.KeyStride + g * d;
                        float* vu = v + ((long)b * s.Tokens + u) * s.ValueStride + g * d;
                        float score = 0;
                        for (int i = 0; i < d; i++) score += qt[i] * ku[i];
                        score *= s.Scale;
                        float larger = MathF.Max(max, score), keep = MathF.Exp(max - larger), p = MathF.Exp(score - larger);
                        max = larger;
                        sum = sum * keep + p;
                        for (int i = 0; i < d; i++) ot[i] = ot[i] * keep + p * vu[i];
                    }

                    for (int i = 0; i < d; i++) ot[i] /= sum;
                    logSumExp[((long)b * s.Heads + h) * s.Tokens + t] = max + MathF.Log(sum);
                }
            }
        }
    }

    private readonly struct BackwardJob(
        float* q, float* k, float* v, float* o, float* logSumExp, float* dO, float* dQ, float* dK, float* dV, AttentionShape s) : IParallelJob
    {
        [MethodImpl(AggressiveOptimization)]
        public void Part(int part, int worker)
        {
            int b = part / s.KvHeads, g = part % s.KvHeads, group = s.Heads / s.KvHeads, d = s.HeadWidth;
            for (int t = 0; t < s.Tokens; t++)
            {
                new Span<float>(dK + ((long)b * s.Tokens + t) * s.KeyStride + g * d, d).Clear();
                new Span<float>(dV + ((long)b * s.Tokens + t) * s.ValueStride + g * d, d).Clear();
            }

            for (int h = g * group; h < (g + 1) * group; h++)
            {
                for (int t = 0; t < s.Tokens; t++)
                {
                    long qRow = ((long)b * s.Tokens + t) * s.QueryStride + h * d, oRow = ((long)b * s.Tokens + t) * s.OutputStride + h * d;
                    float lse = logSumExp[((long)b * s.Heads + h) * s.Tokens + t], delta = 0;
                    new Span<float>(dQ + qRow, d).Clear();
                    for (int i = 0; i < d; i++) delta += o[oRow + i] * dO[oRow + i];
                    for (int u = 0; u <= t; u++)
                    {
                        long kRow = ((long)b * s.Tokens + u) * s.KeyStride + g * d, vRow = ((long)b * s.Tokens + u) * s.ValueStride + g * d;
                        float score = 0, dp = 0;
                        for (int i = 0; i < d; i++)
                        {
                            score += q[qRow + i] * k[kRow + i];
                            dp += dO[oRow + i] * v[vRow + i];
                        }

                        float p = MathF.Exp(score * s.Scale - lse), ds = p * (dp - delta) * s.Scale;
                        for (int i = 0; i < d; i++)
                        {
                            dV[vRow + i] += p * dO[oRow + i];
                            dQ[qRow + i] += ds * k[kRow + i];
                            dK[kRow + i] += ds * q[qRow + i];
                        }
                    }
                }
            }
        }
    }
}

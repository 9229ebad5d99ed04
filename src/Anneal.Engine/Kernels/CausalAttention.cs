namespace Anneal.Engine.Kernels;

/// <summary>
/// Causal softmax attention without a T x T matrix in memory: token t attends to tokens 0 to t of its sequence. Scores live for one block
/// of queries only; the backward pass recomputes them and the log-sum-exp of each row turns them into probabilities
/// (Dao et al. 2022, arXiv 2205.14135).
/// </summary>
/// <remarks>A thread takes one key-value head of one sequence with all its query heads, so the bits do not depend on the number of threads.</remarks>
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
        if (Simd.Level == SimdLevel.Vector512) Forward<V512>(q, k, v, o, logSumExp, shape, team);
        else if (Simd.Level == SimdLevel.Vector256) Forward<V256>(q, k, v, o, logSumExp, shape, team);
        else if (Simd.Level == SimdLevel.Vector128) Forward<V128>(q, k, v, o, logSumExp, shape, team);
        else Forward<V1>(q, k, v, o, logSumExp, shape, team);
    }

    /// <summary>Gradients of <see cref="Forward(float*, float*, float*, float*, float*, in AttentionShape, ThreadTeam)"/>.</summary>
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
        if (Simd.Level == SimdLevel.Vector512) Backward<V512>(q, k, v, o, logSumExp, dO, dQ, dK, dV, shape, team);
        else if (Simd.Level == SimdLevel.Vector256) Backward<V256>(q, k, v, o, logSumExp, dO, dQ, dK, dV, shape, team);
        else if (Simd.Level == SimdLevel.Vector128) Backward<V128>(q, k, v, o, logSumExp, dO, dQ, dK, dV, shape, team);
        else Backward<V1>(q, k, v, o, logSumExp, dO, dQ, dK, dV, shape, team);
    }

    private static void Forward<TV>(float* q, float* k, float* v, float* o, float* logSumExp, in AttentionShape shape, ThreadTeam team)
        where TV : unmanaged, ISimd<TV>
    {
        var blocks = new AttentionBlocks<TV>(shape);
        var job = new AttentionForward<TV>(q, k, v, o, logSumExp, shape, team.Scratch(AttentionForward<TV>.ScratchLength(blocks)));
        team.Run(shape.Batch * shape.KvHeads, ref job);
    }

    private static void Backward<TV>(
        float* q, float* k, float* v, float* o, float* logSumExp, float* dO, float* dQ, float* dK, float* dV, in AttentionShape shape, ThreadTeam team)
        where TV : unmanaged, ISimd<TV>
    {
        var blocks = new AttentionBlocks<TV>(shape);
        var job = new AttentionBackward<TV>(
            q, k, v, o, logSumExp, dO, dQ, dK, dV, shape, team.Scratch(AttentionBackward<TV>.ScratchLength(blocks)));
        team.Run(shape.Batch * shape.KvHeads, ref job);
    }
}

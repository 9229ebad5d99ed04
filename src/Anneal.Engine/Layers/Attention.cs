using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>Causal softmax attention over a packed qkv, no T x T matrix in memory.</summary>
internal sealed unsafe class Attention : Op
{
    private readonly Tensor qkv; // [N, (H + 2 KvHeads) D]
    private readonly Tensor logSumExp; // [B, H, T]
    private readonly QkvShape shape;
    private readonly AttentionShape kernelShape;

    public Attention(string name, Tensor qkv, QkvShape shape)
        : base(name)
    {
        this.qkv = qkv;
        this.shape = shape;
        kernelShape = new(
            shape.Sequences, shape.Context, shape.Heads, shape.KvHeads, shape.HeadWidth,
            shape.Columns, shape.Columns, shape.Columns, shape.Heads * shape.HeadWidth, 1 / MathF.Sqrt(shape.HeadWidth));
        Y = new(name, qkv.Rows, shape.Heads * shape.HeadWidth);
        logSumExp = new(name + ".lse", shape.Sequences * shape.Heads, shape.Context);
        Input(qkv, saved: true);
        Output(Y, saved: true);
        Statistic(logSumExp);
    }

    /// <summary>[N, H D]</summary>
    public Tensor Y { get; }

    /// <summary>The packed queries, keys and values, after rope and norm.</summary>
    public Tensor Qkv => qkv;

    public QkvShape Shape => shape;

    /// <summary>
    /// Pairs of a query and a key that are multiplied: what the 512-bit kernel does, tiles of 12 queries against keys in steps
    /// of 16, masked ones included. Narrower machines mask a little less; the count must not depend on the machine.
    /// </summary>
    private double Pairs
    {
        get
        {
            const int Tile = 12, Step = 16;
            double pairs = 0;
            for (var from = 0; from < shape.Context; from += Tile)
            {
                var end = Math.Min(from + Tile, shape.Context);
                pairs += (end - from) * (double)((end + Step - 1) / Step * Step);
            }

            return pairs * shape.Sequences * shape.Heads;
        }
    }

    public override double ForwardFlops => Pairs * (4.0 * shape.HeadWidth + OpCost.Exp);

    public override double BackwardFlops => Pairs * (10.0 * shape.HeadWidth + OpCost.Exp);

    public override void Forward()
    {
        var q = qkv.Value;
        CausalAttention.Forward(q, q + shape.Keys, q + shape.Values, Y.Value, logSumExp.Value, kernelShape, Team);
    }

    public override void Backward()
    {
        var q = qkv.Value;
        var d = qkv.Grad;
        CausalAttention.Backward(
            q, q + shape.Keys, q + shape.Values, Y.Value, logSumExp.Value, Y.Grad, d, d + shape.Keys, d + shape.Values, kernelShape, Team);
    }
}

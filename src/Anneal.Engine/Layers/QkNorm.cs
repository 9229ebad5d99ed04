using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>
/// Divides every query and key head by its root mean square, in place and without a gain (Dehghani et al. 2023,
/// arXiv 2302.05442, in RMS form). Rotations keep the norm, so it may follow rope.
/// </summary>
internal sealed unsafe class QkNorm : Op
{
    public const float Epsilon = 1e-6f;

    private readonly Tensor qkv; // [N, (H + 2 KvHeads) D]
    private readonly Tensor statistics; // [N, H + KvHeads]: 1 / root mean square
    private readonly QkvShape shape;

    public QkNorm(string name, Tensor qkv, QkvShape shape)
        : base(name)
    {
        this.qkv = qkv;
        this.shape = shape;
        statistics = new(name + ".statistics", shape.Tokens, shape.QueryKeyHeads);
        InPlace(qkv, saved: true);
        Statistic(statistics);
    }

    public override double ForwardFlops => 3.0 * shape.Tokens * shape.QueryKeyHeads * shape.HeadWidth;

    public override double BackwardFlops => 5.0 * shape.Tokens * shape.QueryKeyHeads * shape.HeadWidth;

    public override void Forward() => Rows.For(new ForwardRows(qkv.Value, statistics.Value, shape), shape.Tokens, Team);

    public override void Backward() => Rows.For(new BackwardRows(qkv.Value, qkv.Grad, statistics.Value, shape), shape.Tokens, Team);

    private readonly struct ForwardRows(float* x, float* statistics, QkvShape shape) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            int width = shape.HeadWidth, heads = shape.QueryKeyHeads, stride = shape.Columns;
            for (var n = from; n < to; n++)
            {
                for (var h = 0; h < heads; h++)
                {
                    var head = x + (long)n * stride + h * width;
                    var scale = 1 / MathF.Sqrt(RowMath.SumOfSquares<TV>(head, 0, width) / width + Epsilon);
                    statistics[(long)n * heads + h] = scale;
                    var i = 0;
                    for (; i <= width - TV.Width; i += TV.Width) (TV.Load(head + i) * TV.Broadcast(scale)).Store(head + i);
                    for (; i < width; i++) head[i] *= scale;
                }
            }
        }
    }

    // y is the normalised head as forward left it: dx = (dy - y * mean(dy y)) * scale.
    private readonly struct BackwardRows(float* y, float* d, float* statistics, QkvShape shape) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            int width = shape.HeadWidth, heads = shape.QueryKeyHeads, stride = shape.Columns;
            for (var n = from; n < to; n++)
            {
                for (var h = 0; h < heads; h++)
                {
                    var at = (long)n * stride + h * width;
                    var scale = statistics[(long)n * heads + h];
                    var mean = RowMath.Dot<TV>(d + at, y + at, width) / width;
                    var i = 0;
                    for (; i <= width - TV.Width; i += TV.Width)
                        ((TV.Load(d + at + i) - TV.Load(y + at + i) * TV.Broadcast(mean)) * TV.Broadcast(scale)).Store(d + at + i);
                    for (; i < width; i++) d[at + i] = (d[at + i] - y[at + i] * mean) * scale;
                }
            }
        }
    }
}

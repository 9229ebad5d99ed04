using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Layers;

/// <summary>
/// Rotary positions on queries and keys, in place (Su et al. 2021, arXiv 2104.09864), in the half-split form of Llama:
/// (x[i], x[i + D/2]) turns by position * theta^(-2i/D). Its gradient turns back, so nothing is saved.
/// </summary>
internal sealed unsafe class Rope : Op
{
    private readonly Tensor qkv; // [N, (H + 2 KvHeads) D]
    private readonly QkvShape shape;
    private readonly double theta;
    private NativeBuffer? table; // [T, D]: D/2 cosines, D/2 sines

    public Rope(string name, Tensor qkv, QkvShape shape, double theta)
        : base(name)
    {
        this.qkv = qkv;
        this.shape = shape;
        this.theta = theta;
        InPlace(qkv);
    }

    public override double ForwardFlops => 3.0 * shape.Tokens * shape.QueryKeyHeads * shape.HeadWidth;

    public override double BackwardFlops => ForwardFlops;

    public override void Forward() => Turn(qkv.Value, 1);

    public override void Backward() => Turn(qkv.Grad, -1);

    private void Turn(float* x, float direction)
    {
        table ??= Table();
        Rows.For(new Rotation(x, table.Pointer, shape, direction), shape.Tokens, Team);
    }

    private NativeBuffer Table()
    {
        var half = shape.HeadWidth / 2;
        var buffer = new NativeBuffer((long)shape.Context * shape.HeadWidth);
        for (var t = 0; t < shape.Context; t++)
        {
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(t * Math.Pow(theta, -2.0 * i / shape.HeadWidth));
                buffer.Pointer[(long)t * shape.HeadWidth + i] = (float)cos;
                buffer.Pointer[(long)t * shape.HeadWidth + half + i] = (float)sin;
            }
        }

        return buffer;
    }

    private readonly struct Rotation(float* x, float* table, QkvShape shape, float direction) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            int half = shape.HeadWidth / 2, heads = shape.QueryKeyHeads, stride = shape.Columns;
            for (var n = from; n < to; n++)
            {
                var cos = table + (long)(n % shape.Context) * shape.HeadWidth;
                var sin = cos + half;
                for (var h = 0; h < heads; h++)
                {
                    var a = x + (long)n * stride + h * shape.HeadWidth;
                    var b = a + half;
                    var i = 0;
                    for (; i <= half - TV.Width; i += TV.Width) At(a + i, b + i, TV.Load(cos + i), TV.Load(sin + i) * TV.Broadcast(direction));
                    for (; i < half; i++) At(a + i, b + i, V1.Load(cos + i), V1.Load(sin + i) * V1.Broadcast(direction));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void At<TV>(float* a, float* b, TV cos, TV sin)
            where TV : unmanaged, ISimd<TV>
        {
            TV x = TV.Load(a), y = TV.Load(b);
            (x * cos - y * sin).Store(a);
            TV.Fma(x, sin, y * cos).Store(b);
        }
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), GPT-2's GELU (Hendrycks, Gimpel 2016, arXiv 1606.08415).</summary>
internal sealed unsafe class Gelu : Op
{
    private const float Root = 0.7978845608f; // sqrt(2 / pi)
    private const float Cubic = 0.044715f;

    private readonly Tensor x;
    private readonly TensorUse input;

    public Gelu(string name, Tensor x)
        : base(name)
    {
        this.x = x;
        Y = new(name, x.Rows, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => (8 + OpCost.Tanh) * x.Length;

    public override double BackwardFlops => (16 + OpCost.Tanh) * x.Length;

    public override void Forward() => Loops.For(new Value(x.Value, Y.Value), x.Length, Team);

    public override void Backward() => Loops.For(new Gradient(x.Value, Y.Grad, x.Grad, input.Accumulate), x.Length, Team);

    private readonly struct Value(float* x, float* y) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var v = TV.Load(x + i);
            var half = v * TV.Broadcast(0.5f);
            TV.Fma(half, Tanh(v, v * v), half).Store(y + i);
        }
    }

    // dy/dx = (1 + t)/2 + x/2 (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2), t the tanh.
    private readonly struct Gradient(float* x, float* dy, float* dx, bool accumulate) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var v = TV.Load(x + i);
            var square = v * v;
            var t = Tanh(v, square);
            var half = TV.Broadcast(0.5f);
            var inner = TV.Fma(square, TV.Broadcast(3 * Cubic * Root), TV.Broadcast(Root));
            var slope = TV.Fma(half * v * (TV.Broadcast(1) - t * t), inner, TV.Fma(half, t, half));
            var d = TV.Load(dy + i) * slope;
            if (accumulate) d += TV.Load(dx + i);
            d.Store(dx + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Tanh<TV>(TV x, TV square)
        where TV : unmanaged, ISimd<TV> =>
        SimdMath.Tanh(x * TV.Fma(square, TV.Broadcast(Cubic * Root), TV.Broadcast(Root)));
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = max(x, 0)^2 (Primer, So et al. 2021, arXiv 2109.08668).</summary>
internal sealed unsafe class Relu2 : Op
{
    private readonly Tensor x;
    private readonly TensorUse input;

    public Relu2(string name, Tensor x)
        : base(name)
    {
        this.x = x;
        Y = new(name, x.Rows, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => 2.0 * x.Length;

    public override double BackwardFlops => 3.0 * x.Length;

    public override void Forward() => Loops.For(new Value(x.Value, Y.Value), x.Length, Team);

    public override void Backward() => Loops.For(new Gradient(x.Value, Y.Grad, x.Grad, input.Accumulate), x.Length, Team);

    private readonly struct Value(float* x, float* y) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            // The value comes second, so that NaN passes.
            var positive = TV.Max(TV.Zero, TV.Load(x + i));
            (positive * positive).Store(y + i);
        }
    }

    private readonly struct Gradient(float* x, float* dy, float* dx, bool accumulate) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var d = TV.Load(dy + i) * TV.Max(TV.Zero, TV.Load(x + i)) * TV.Broadcast(2);
            if (accumulate) d += TV.Load(dx + i);
            d.Store(dx + i);
        }
    }
}

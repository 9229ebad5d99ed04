using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = sigmoid(x) or tanh(x); the derivative follows from y: y (1 - y), or 1 - y^2.</summary>
internal sealed unsafe class Squash : Op
{
    private readonly Tensor x;
    private readonly bool hyperbolic;
    private readonly TensorUse input;

    public Squash(string name, Tensor x, bool hyperbolic)
        : base(name)
    {
        this.x = x;
        this.hyperbolic = hyperbolic;
        Y = new(name, x.Rows, x.Columns);
        input = Input(x);
        Output(Y, saved: true);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => (hyperbolic ? OpCost.Tanh : OpCost.Sigmoid) * x.Length;

    public override double BackwardFlops => 4.0 * x.Length;

    public override void Forward() => Loops.For(new Value(x.Value, Y.Value, hyperbolic), x.Length, Team);

    public override void Backward() => Loops.For(new Gradient(Y.Value, Y.Grad, x.Grad, hyperbolic, input.Accumulate), x.Length, Team);

    private readonly struct Value(float* x, float* y, bool hyperbolic) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var v = TV.Load(x + i);
            (hyperbolic ? SimdMath.Tanh(v) : SimdMath.Sigmoid(v)).Store(y + i);
        }
    }

    private readonly struct Gradient(float* y, float* dy, float* dx, bool hyperbolic, bool accumulate) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var v = TV.Load(y + i);
            var slope = hyperbolic ? TV.Broadcast(1) - v * v : v * (TV.Broadcast(1) - v);
            var d = TV.Load(dy + i) * slope;
            if (accumulate) d += TV.Load(dx + i);
            d.Store(dx + i);
        }
    }
}

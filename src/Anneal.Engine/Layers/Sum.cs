using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = a + b, whoever else reads a and b: unlike <see cref="ResidualAdd"/> it shares no gradient's memory.</summary>
internal sealed unsafe class Sum : Op
{
    private readonly Tensor a;
    private readonly Tensor b;
    private readonly TensorUse inputA;
    private readonly TensorUse inputB;

    public Sum(string name, Tensor a, Tensor b)
        : base(name)
    {
        this.a = a;
        this.b = b;
        Y = new(name, a.Rows, a.Columns);
        inputA = Input(a);
        inputB = Input(b);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => Y.Length;

    public override double BackwardFlops => 2.0 * Y.Length;

    public override void Forward() => Loops.For(new Value(a.Value, b.Value, Y.Value), Y.Length, Team);

    public override void Backward()
    {
        GradientCopy.Pass(Y.Grad, inputA, Team);
        GradientCopy.Pass(Y.Grad, inputB, Team);
    }

    private readonly struct Value(float* a, float* b, float* y) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(a + i) + TV.Load(b + i)).Store(y + i);
    }
}

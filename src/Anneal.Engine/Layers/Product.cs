using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = a * b, element by element: gates.</summary>
internal sealed unsafe class Product : Op
{
    private readonly Tensor a;
    private readonly Tensor b;
    private readonly TensorUse inputA;
    private readonly TensorUse inputB;

    public Product(string name, Tensor a, Tensor b)
        : base(name)
    {
        this.a = a;
        this.b = b;
        Y = new(name, a.Rows, a.Columns);
        inputA = Input(a, saved: true);
        inputB = Input(b, saved: true);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => Y.Length;

    public override double BackwardFlops => 4.0 * Y.Length;

    public override void Forward() => Loops.For(new Times(a.Value, b.Value, Y.Value, false), Y.Length, Team);

    public override void Backward()
    {
        Loops.For(new Times(Y.Grad, b.Value, a.Grad, inputA.Accumulate), Y.Length, Team);
        Loops.For(new Times(Y.Grad, a.Value, b.Grad, inputB.Accumulate), Y.Length, Team);
    }

    private readonly struct Times(float* x, float* y, float* z, bool accumulate) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var product = TV.Load(x + i) * TV.Load(y + i);
            if (accumulate) product += TV.Load(z + i);
            product.Store(z + i);
        }
    }
}

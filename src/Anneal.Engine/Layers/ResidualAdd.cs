using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = a + b. Both gradients are y's own memory, so going backward there is nothing to do.</summary>
internal sealed unsafe class ResidualAdd : Op
{
    private readonly Tensor a;
    private readonly Tensor b;

    public ResidualAdd(string name, Tensor a, Tensor b)
        : base(name)
    {
        this.a = a;
        this.b = b;
        Y = new(name, a.Rows, a.Columns);
        PassGradient(a, Y);
        PassGradient(b, Y);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double ForwardFlops => Y.Length;

    public override void Forward() => Loops.For(new Sum(a.Value, b.Value, Y.Value), Y.Length, Team);

    public override void Backward()
    {
    }

    private readonly struct Sum(float* a, float* b, float* y) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(a + i) + TV.Load(b + i)).Store(y + i);
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = silu(gate) * up, both halves of one row (Shazeer 2020, arXiv 2002.05202).</summary>
internal sealed unsafe class Swiglu : Op
{
    private readonly Tensor x; // [N, 2 F]: gate, up
    private readonly TensorUse input;

    public Swiglu(string name, Tensor x)
        : base(name)
    {
        this.x = x;
        Y = new(name, x.Rows, x.Columns / 2);
        input = Input(x, saved: true);
        Output(Y);
    }

    /// <summary>[N, F]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => (2 + OpCost.Sigmoid) * Y.Length;

    public override double BackwardFlops => (8 + OpCost.Sigmoid) * Y.Length;

    public override void Forward() => Rows.For(new ForwardRows(x.Value, Y.Value, Y.Columns), Y.Rows, Team);

    public override void Backward() => Rows.For(new BackwardRows(x.Value, Y.Grad, x.Grad, input.Accumulate, Y.Columns), Y.Rows, Team);

    private readonly struct ForwardRows(float* x, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At<TV>(i, j);
                for (; j < columns; j++) At<V1>(i, j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TV>(long row, int j)
            where TV : unmanaged, ISimd<TV>
        {
            var gate = TV.Load(x + row * 2 * columns + j);
            var up = TV.Load(x + (row * 2 + 1) * columns + j);
            (gate * SimdMath.Sigmoid(gate) * up).Store(y + row * columns + j);
        }
    }

    // With s the sigmoid of the gate: dgate = dy up s (1 + gate (1 - s)), dup = dy gate s.
    private readonly struct BackwardRows(float* x, float* dy, float* dx, bool accumulate, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At<TV>(i, j);
                for (; j < columns; j++) At<V1>(i, j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TV>(long row, int j)
            where TV : unmanaged, ISimd<TV>
        {
            long gateAt = row * 2 * columns + j, upAt = gateAt + columns;
            var gate = TV.Load(x + gateAt);
            var s = SimdMath.Sigmoid(gate);
            var ds = TV.Load(dy + row * columns + j) * s;
            var dGate = ds * TV.Load(x + upAt) * TV.Fma(gate, TV.Broadcast(1) - s, TV.Broadcast(1));
            var dUp = ds * gate;
            if (accumulate)
            {
                dGate += TV.Load(dx + gateAt);
                dUp += TV.Load(dx + upAt);
            }

            dGate.Store(dx + gateAt);
            dUp.Store(dx + upAt);
        }
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>
/// y[t] = gate[t] y[t - 1] + x[t] over each sequence, channel by channel, from zero: the core of gated linear recurrences
/// (De et al. 2024, arXiv 2402.19427). Backward runs it in reverse: s[t] = dy[t] + gate[t + 1] s[t + 1]; dx = s, dgate = s y[t - 1].
/// </summary>
internal sealed unsafe class LinearRecurrence : Op
{
    private readonly Tensor gate; // [B T, C]
    private readonly Tensor x; // [B T, C]
    private readonly int context;
    private readonly TensorUse inputGate;
    private readonly TensorUse inputX;

    public LinearRecurrence(string name, Tensor gate, Tensor x, int context)
        : base(name)
    {
        (this.gate, this.x, this.context) = (gate, x, context);
        Y = new(name, x.Rows, x.Columns);
        inputGate = Input(gate, saved: true);
        inputX = Input(x);
        Output(Y, saved: true);
    }

    /// <summary>[B T, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => 2.0 * Y.Length;

    public override double BackwardFlops => 5.0 * Y.Length;

    public override void Forward()
    {
        var job = new Job(gate.Value, x.Value, Y.Value, null, null, null, x.Columns, context, false, false);
        Team.Run(Parts, ref job);
    }

    public override void Backward()
    {
        var job = new Job(gate.Value, x.Value, Y.Value, Y.Grad, gate.Grad, x.Grad, x.Columns, context, inputGate.Accumulate, inputX.Accumulate);
        Team.Run(Parts, ref job);
    }

    private int Parts => x.Rows / context * ((x.Columns + Job.Block - 1) / Job.Block);

    /// <summary>A part owns a block of channels of one sequence.</summary>
    private readonly struct Job(float* gate, float* x, float* y, float* dy, float* dGate, float* dx, int columns, int context, bool addGate, bool addX) : IParallelJob
    {
        public const int Block = 64;

        public void Part(int part, int worker)
        {
            var blocks = (columns + Block - 1) / Block;
            var sequence = (long)(part / blocks) * context * columns;
            int from = part % blocks * Block, to = Math.Min(columns, from + Block);
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: Run<V512>(sequence, from, to); break;
                case SimdLevel.Vector256: Run<V256>(sequence, from, to); break;
                case SimdLevel.Vector128: Run<V128>(sequence, from, to); break;
                default: Run<V1>(sequence, from, to); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Run<TV>(long sequence, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            var j = from;
            for (; j <= to - TV.Width; j += TV.Width) Channel<TV>(sequence + j);
            for (; j < to; j++) Channel<V1>(sequence + j);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Channel<TV>(long at)
            where TV : unmanaged, ISimd<TV>
        {
            var state = TV.Zero;
            if (dy == null)
            {
                for (var t = 0; t < context; t++, at += columns)
                {
                    state = TV.Fma(TV.Load(gate + at), state, TV.Load(x + at));
                    state.Store(y + at);
                }

                return;
            }

            at += (long)(context - 1) * columns;
            for (var t = context - 1; t >= 0; t--, at -= columns)
            {
                if (t < context - 1) state *= TV.Load(gate + at + columns);
                state += TV.Load(dy + at);
                var dg = t > 0 ? state * TV.Load(y + at - columns) : TV.Zero;
                if (addGate) dg += TV.Load(dGate + at);
                dg.Store(dGate + at);
                (addX ? state + TV.Load(dx + at) : state).Store(dx + at);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y[t, c] = sum over k of w[k, c] x[t - k, c], nothing before a sequence's first token: the short convolution of Mamba and Hyena.</summary>
internal sealed unsafe class CausalConvolution : Op
{
    private readonly Tensor x; // [B T, C]
    private readonly Tensor weight; // [taps, C]
    private readonly int context;
    private readonly TensorUse input;

    public CausalConvolution(string name, Tensor x, Tensor weight, int context)
        : base(name)
    {
        this.x = x;
        this.weight = weight;
        this.context = context;
        Y = new(name, x.Rows, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
    }

    /// <summary>[B T, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => 2.0 * weight.Rows * x.Length;

    public override double BackwardFlops => 4.0 * weight.Rows * x.Length;

    public override void Forward() => Columns(new(x.Value, weight.Value, Y.Value, null, null, x.Rows, x.Columns, weight.Rows, context, false));

    public override void Backward() =>
        Columns(new(x.Value, weight.Value, Y.Grad, x.Grad, weight.Grad, x.Rows, x.Columns, weight.Rows, context, input.Accumulate));

    private void Columns(Job job) => Team.Run((x.Columns + Job.Block - 1) / Job.Block, ref job);

    /// <summary>A part owns a block of channels: rows are taken in order, whatever the threads. Forward where there is no dx.</summary>
    private readonly struct Job(float* x, float* w, float* y, float* dx, float* dw, int rows, int columns, int taps, int context, bool accumulate) : IParallelJob
    {
        public const int Block = 64;

        public void Part(int part, int worker)
        {
            int from = part * Block, to = Math.Min(columns, from + Block);
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: Run<V512>(from, to); break;
                case SimdLevel.Vector256: Run<V256>(from, to); break;
                case SimdLevel.Vector128: Run<V128>(from, to); break;
                default: Run<V1>(from, to); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Run<TV>(int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var row = 0; row < rows; row++)
            {
                var t = row % context;
                var j = from;
                for (; j <= to - TV.Width; j += TV.Width) At<TV>(row, t, j);
                for (; j < to; j++) At<V1>(row, t, j);
            }
        }

        // Going backward: dx[s] gathers w[k] dy[s + k]; dw[k] adds x[t - k] dy[t].
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TV>(long row, int t, int j)
            where TV : unmanaged, ISimd<TV>
        {
            var place = row * columns + j;
            if (dx == null)
            {
                var sum = TV.Zero;
                for (var k = 0; k < Math.Min(taps, t + 1); k++) sum = TV.Fma(TV.Load(w + k * columns + j), TV.Load(x + place - (long)k * columns), sum);
                sum.Store(y + place);
                return;
            }

            var d = accumulate ? TV.Load(dx + place) : TV.Zero;
            for (var k = 0; k < Math.Min(taps, context - t); k++) d = TV.Fma(TV.Load(w + k * columns + j), TV.Load(y + place + (long)k * columns), d);
            d.Store(dx + place);
            var dy = TV.Load(y + place);
            for (var k = 0; k < Math.Min(taps, t + 1); k++)
                TV.Fma(dy, TV.Load(x + place - (long)k * columns), TV.Load(dw + k * columns + j)).Store(dw + k * columns + j);
        }
    }
}

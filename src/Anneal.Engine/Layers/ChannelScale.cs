using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = gain * x, one learned gain a channel (LayerScale, Touvron et al. 2021, arXiv 2103.17239).</summary>
internal sealed unsafe class ChannelScale : Op
{
    private readonly Tensor x; // [N, C]
    private readonly Tensor gain; // [1, C]
    private readonly Tensor partials; // [chunks, C]: gradient of the gain
    private readonly TensorUse input;

    public ChannelScale(string name, Tensor x, Tensor gain)
        : base(name)
    {
        this.x = x;
        this.gain = gain;
        Y = new(name, x.Rows, x.Columns);
        partials = new(name + ".partials", Rows.MaxChunks, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
        Scratch(partials, backward: true);
    }

    /// <summary>[N, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => x.Length;

    public override double BackwardFlops => 4.0 * x.Length;

    public override void Forward() => Rows.For(new ForwardRows(x.Value, gain.Value, Y.Value, x.Columns), x.Rows, Team);

    public override void Backward()
    {
        Rows.For(new BackwardRows(x.Value, gain.Value, Y.Grad, x.Grad, input.Accumulate, partials.Value, x.Columns), x.Rows, Team);
        PartialSum.Add(partials.Value, Rows.Chunks(x.Rows), x.Columns, gain.Grad, x.Columns);
    }

    private readonly struct ForwardRows(float* x, float* gain, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var row = (long)i * columns;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) (TV.Load(x + row + j) * TV.Load(gain + j)).Store(y + row + j);
                for (; j < columns; j++) y[row + j] = x[row + j] * gain[j];
            }
        }
    }

    private readonly struct BackwardRows(float* x, float* gain, float* dy, float* dx, bool accumulate, float* partials, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            var dGain = partials + (long)chunk * columns;
            new Span<float>(dGain, columns).Clear();
            for (var i = from; i < to; i++)
            {
                var row = (long)i * columns;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At<TV>(row, j, dGain);
                for (; j < columns; j++) At<V1>(row, j, dGain);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TV>(long row, int j, float* dGain)
            where TV : unmanaged, ISimd<TV>
        {
            var d = TV.Load(dy + row + j);
            TV.Fma(d, TV.Load(x + row + j), TV.Load(dGain + j)).Store(dGain + j);
            d *= TV.Load(gain + j);
            if (accumulate) d += TV.Load(dx + row + j);
            d.Store(dx + row + j);
        }
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = x / sqrt(mean(x^2) + eps) * gain over each row (Zhang, Sennrich 2019, arXiv 1910.07467).</summary>
internal sealed unsafe class RmsNorm : Op
{
    public const float Epsilon = 1e-5f;

    private readonly Tensor x; // [N, C]
    private readonly Tensor gain; // [1, C]
    private readonly Tensor statistics; // [N, 1]: 1 / root mean square
    private readonly Tensor partials; // [chunks, C]: gradient of the gain
    private readonly TensorUse input;

    public RmsNorm(string name, Tensor x, Tensor gain)
        : base(name)
    {
        this.x = x;
        this.gain = gain;
        Y = new(name, x.Rows, x.Columns);
        statistics = new(name + ".statistics", x.Rows, 1);
        partials = new(name + ".partials", Rows.MaxChunks, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
        Statistic(statistics);
        Scratch(partials, backward: true);
    }

    /// <summary>[N, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => 4.0 * x.Length;

    public override double BackwardFlops => 11.0 * x.Length;

    public override void Forward() =>
        Rows.For(new ForwardRows(x.Value, gain.Value, statistics.Value, Y.Value, x.Columns), x.Rows, Team);

    public override void Backward()
    {
        Rows.For(
            new BackwardRows(x.Value, gain.Value, statistics.Value, Y.Grad, x.Grad, input.Accumulate, partials.Value, x.Columns), x.Rows, Team);
        PartialSum.Add(partials.Value, Rows.Chunks(x.Rows), x.Columns, gain.Grad, x.Columns);
    }

    private readonly struct ForwardRows(float* x, float* gain, float* statistics, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var xi = x + (long)i * columns;
                var yi = y + (long)i * columns;
                var scale = 1 / MathF.Sqrt(RowMath.SumOfSquares<TV>(xi, 0, columns) / columns + Epsilon);
                statistics[i] = scale;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) (TV.Load(xi + j) * TV.Broadcast(scale) * TV.Load(gain + j)).Store(yi + j);
                for (; j < columns; j++) yi[j] = xi[j] * scale * gain[j];
            }
        }
    }

    // With n = x * scale and g = dy * gain: dx = (g - n * mean(g n)) * scale.
    private readonly struct BackwardRows(
        float* x, float* gain, float* statistics, float* dy, float* dx, bool accumulate, float* partials, int columns) : IRowKernel
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
                var scale = statistics[i];
                var dot = TV.Zero;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) dot += Reduce(row, j, TV.Broadcast(scale), dGain);
                var sum = TV.Sum(dot);
                for (; j < columns; j++) sum += V1.Sum(Reduce(row, j, V1.Broadcast(scale), dGain));

                var mean = sum / columns;
                for (j = 0; j <= columns - TV.Width; j += TV.Width) Write(row, j, TV.Broadcast(scale), TV.Broadcast(mean));
                for (; j < columns; j++) Write(row, j, V1.Broadcast(scale), V1.Broadcast(mean));
            }
        }

        /// <summary>Terms of the dot product g n; adds to the gain's gradient on the way.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TV Reduce<TV>(long row, int j, TV scale, float* dGain)
            where TV : unmanaged, ISimd<TV>
        {
            var dyn = TV.Load(dy + row + j) * (TV.Load(x + row + j) * scale);
            (dyn + TV.Load(dGain + j)).Store(dGain + j);
            return dyn * TV.Load(gain + j);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Write<TV>(long row, int j, TV scale, TV mean)
            where TV : unmanaged, ISimd<TV>
        {
            var g = TV.Load(dy + row + j) * TV.Load(gain + j);
            var d = (g - TV.Load(x + row + j) * scale * mean) * scale;
            if (accumulate) d += TV.Load(dx + row + j);
            d.Store(dx + row + j);
        }
    }
}

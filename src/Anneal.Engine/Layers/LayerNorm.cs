using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y = (x - mean) / sqrt(variance + eps) * gain + bias over each row (Ba et al. 2016, arXiv 1607.06450).</summary>
internal sealed unsafe class LayerNorm : Op
{
    public const float Epsilon = 1e-5f;

    private readonly Tensor x; // [N, C]
    private readonly Tensor gain; // [1, C]
    private readonly Tensor? bias; // [1, C]
    private readonly Tensor statistics; // [N, 2]: mean, 1 / standard deviation
    private readonly Tensor partials; // [chunks, 2 C]: gradients of gain and bias
    private readonly TensorUse input;

    public LayerNorm(string name, Tensor x, Tensor gain, Tensor? bias)
        : base(name)
    {
        this.x = x;
        this.gain = gain;
        this.bias = bias;
        Y = new(name, x.Rows, x.Columns);
        statistics = new(name + ".statistics", x.Rows, 2);
        partials = new(name + ".partials", Rows.MaxChunks, 2 * x.Columns);
        input = Input(x, saved: true);
        Output(Y);
        Statistic(statistics);
        Scratch(partials, backward: true);
    }

    /// <summary>[N, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => 8.0 * x.Length;

    public override double BackwardFlops => 15.0 * x.Length;

    public override void Forward() =>
        Rows.For(new ForwardRows(x.Value, gain.Value, bias == null ? null : bias.Value, statistics.Value, Y.Value, x.Columns), x.Rows, Team);

    public override void Backward()
    {
        Rows.For(
            new BackwardRows(x.Value, gain.Value, statistics.Value, Y.Grad, x.Grad, input.Accumulate, partials.Value, x.Columns), x.Rows, Team);
        PartialSum.Add(partials.Value, Rows.Chunks(x.Rows), 2 * x.Columns, gain.Grad, x.Columns);
        if (bias is not null) PartialSum.Add(partials.Value + x.Columns, Rows.Chunks(x.Rows), 2 * x.Columns, bias.Grad, x.Columns);
    }

    private readonly struct ForwardRows(float* x, float* gain, float* bias, float* statistics, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var xi = x + (long)i * columns;
                var yi = y + (long)i * columns;
                var mean = RowMath.Sum<TV>(xi, columns) / columns;
                var variance = RowMath.SumOfSquares<TV>(xi, mean, columns) / columns;
                var scale = 1 / MathF.Sqrt(variance + Epsilon);
                statistics[2 * i] = mean;
                statistics[2 * i + 1] = scale;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At(TV.Load(xi + j), TV.Broadcast(mean), TV.Broadcast(scale), j).Store(yi + j);
                for (; j < columns; j++) At(V1.Load(xi + j), V1.Broadcast(mean), V1.Broadcast(scale), j).Store(yi + j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TV At<TV>(TV x, TV mean, TV scale, int j)
            where TV : unmanaged, ISimd<TV>
        {
            var normal = (x - mean) * scale;
            return bias == null ? normal * TV.Load(gain + j) : TV.Fma(normal, TV.Load(gain + j), TV.Load(bias + j));
        }
    }

    // With n the normalised row and g = dy * gain: dx = (g - mean(g) - n * mean(g n)) * scale.
    private readonly struct BackwardRows(
        float* x, float* gain, float* statistics, float* dy, float* dx, bool accumulate, float* partials, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            var dGain = partials + (long)chunk * 2 * columns;
            var dBias = dGain + columns;
            new Span<float>(dGain, 2 * columns).Clear();
            for (var i = from; i < to; i++)
            {
                var row = (long)i * columns;
                float mean = statistics[2 * i], scale = statistics[2 * i + 1];
                TV sum = TV.Zero, dot = TV.Zero;
                float sumRest = 0, dotRest = 0;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) Reduce(row, j, TV.Broadcast(mean), TV.Broadcast(scale), dGain, dBias, ref sum, ref dot);
                for (; j < columns; j++)
                {
                    V1 s = V1.Zero, d = V1.Zero;
                    Reduce(row, j, V1.Broadcast(mean), V1.Broadcast(scale), dGain, dBias, ref s, ref d);
                    sumRest += V1.Sum(s);
                    dotRest += V1.Sum(d);
                }

                var meanOfG = (TV.Sum(sum) + sumRest) / columns;
                var meanOfGn = (TV.Sum(dot) + dotRest) / columns;
                for (j = 0; j <= columns - TV.Width; j += TV.Width)
                    Write(row, j, TV.Broadcast(mean), TV.Broadcast(scale), TV.Broadcast(meanOfG), TV.Broadcast(meanOfGn));
                for (; j < columns; j++)
                    Write(row, j, V1.Broadcast(mean), V1.Broadcast(scale), V1.Broadcast(meanOfG), V1.Broadcast(meanOfGn));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Reduce<TV>(long row, int j, TV mean, TV scale, float* dGain, float* dBias, ref TV sum, ref TV dot)
            where TV : unmanaged, ISimd<TV>
        {
            var normal = (TV.Load(x + row + j) - mean) * scale;
            var d = TV.Load(dy + row + j);
            TV.Fma(d, normal, TV.Load(dGain + j)).Store(dGain + j);
            (d + TV.Load(dBias + j)).Store(dBias + j);
            var g = d * TV.Load(gain + j);
            sum += g;
            dot = TV.Fma(g, normal, dot);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Write<TV>(long row, int j, TV mean, TV scale, TV meanOfG, TV meanOfGn)
            where TV : unmanaged, ISimd<TV>
        {
            var normal = (TV.Load(x + row + j) - mean) * scale;
            var g = TV.Load(dy + row + j) * TV.Load(gain + j);
            var d = (g - meanOfG - normal * meanOfGn) * scale;
            if (accumulate) d += TV.Load(dx + row + j);
            d.Store(dx + row + j);
        }
    }
}

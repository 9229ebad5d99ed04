using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>
/// Output projection and softmax cross-entropy in one: logits = c tanh(x W^T / c), a chunk of rows at a time, so that the
/// full [N, V] never exists. In training, forward also turns each chunk into its gradient and backward has nothing left to do.
/// </summary>
internal sealed unsafe class CrossEntropyHead : Op
{
    private const int ChunkRows = 256;

    private readonly Tensor x; // [N, C]
    private readonly Tensor weight; // [V, C]
    private readonly Tensor logits; // [chunk, V]
    private readonly int[] targets; // [N]; -1 is not scored
    private readonly float[] nats; // [N]
    private readonly float softcap;
    private readonly bool training;
    private readonly CustomLoss? loss; // decides the gradients in place of cross-entropy
    private readonly float[] capped; // [V]

    public CrossEntropyHead(string name, Tensor x, Tensor weight, int[] targets, double softcap, bool training, CustomLoss? loss = null)
        : base(name)
    {
        this.x = x;
        this.weight = weight;
        this.targets = targets;
        this.softcap = (float)softcap;
        this.training = training;
        this.loss = training ? loss : null;
        capped = this.loss is not null && softcap > 0 ? new float[weight.Rows] : [];
        nats = new float[x.Rows];
        logits = new(name + ".logits", Math.Min(ChunkRows, x.Rows), weight.Rows);
        LossInput(x);
        Scratch(logits, backward: false);
    }

    /// <summary>Loss of each row in nats; 0 where there is no target.</summary>
    public ReadOnlySpan<float> Nats => nats;

    /// <summary>Sum of <see cref="Nats"/>.</summary>
    public double TotalNats
    {
        get
        {
            double sum = 0;
            foreach (var n in nats) sum += n;
            return sum;
        }
    }

    /// <summary>Factor on the gradient of each row's loss; 1 / tokens of the step makes it the gradient of the mean.</summary>
    public float GradientScale { get; set; } = 1;

    private double LogitFlops => (double)x.Rows * weight.Rows * (softcap > 0 ? 4 + OpCost.Tanh + 2 * OpCost.Exp : 2 + 2 * OpCost.Exp);

    private double LossFlops => loss is null ? 0 : loss.ChargePerLogit * x.Rows * weight.Rows;

    public override double ForwardFlops => (training ? 6.0 : 2.0) * x.Rows * weight.Length + LogitFlops + LossFlops;

    public override void Forward()
    {
        int rows = x.Rows, width = x.Columns, vocab = weight.Rows;
        for (var from = 0; from < rows; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows - from);
            var xc = x.Value + (long)from * width;
            MatMul.NT(xc, width, weight.Value, width, logits.Value, vocab, count, vocab, width, false, Team);
            fixed (int* target = targets)
            fixed (float* nat = nats)
                Rows.For(new SoftmaxRows(logits.Value, vocab, target + from, nat + from, softcap, GradientScale, training && loss is null), count, Team);
            if (loss is not null) Differentiate(loss, from, count);
            if (!training) continue;
            MatMul.NN(logits.Value, vocab, weight.Value, width, x.Grad + (long)from * width, width, count, width, vocab, false, Team);
            MatMul.TN(logits.Value, vocab, xc, width, weight.Grad, width, vocab, width, count, true, Team);
        }
    }

    public override void Backward()
    {
    }

    /// <summary>Capped logits become the gradient of a proposal's loss; row by row, for its code knows nothing of threads.</summary>
    private void Differentiate(CustomLoss custom, int from, int count)
    {
        var vocab = weight.Rows;
        for (var i = 0; i < count; i++)
        {
            var target = targets[from + i];
            if (target < 0) continue;
            var row = new Span<float>(logits.Value + (long)i * vocab, vocab);
            row[..capped.Length].CopyTo(capped);
            custom.Row(row, target);
            if (GradientScale != 1) VectorMath.Scale(row, GradientScale);
            for (var j = 0; j < capped.Length; j++) row[j] *= 1 - capped[j] * capped[j] / (softcap * softcap);
        }
    }

    /// <summary>Each row of logits becomes its loss and, in training, its gradient p - onehot.</summary>
    private readonly struct SoftmaxRows(float* logits, int vocab, int* targets, float* nats, float softcap, float scale, bool training) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var z = logits + (long)i * vocab;
                var target = targets[i];
                if (target < 0)
                {
                    nats[i] = 0;
                    new Span<float>(z, vocab).Clear();
                    continue;
                }

                if (softcap > 0) Cap<TV>(z);
                var max = Max<TV>(z);
                var logSum = max + MathF.Log(SumExp<TV>(z, max));
                nats[i] = logSum - z[target];
                if (training) Gradient<TV>(z, logSum, target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Cap<TV>(float* z)
            where TV : unmanaged, ISimd<TV>
        {
            var j = 0;
            for (; j <= vocab - TV.Width; j += TV.Width)
                (SimdMath.Tanh(TV.Load(z + j) * TV.Broadcast(1 / softcap)) * TV.Broadcast(softcap)).Store(z + j);
            for (; j < vocab; j++) (SimdMath.Tanh(V1.Load(z + j) * V1.Broadcast(1 / softcap)) * V1.Broadcast(softcap)).Store(z + j);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Max<TV>(float* z)
            where TV : unmanaged, ISimd<TV>
        {
            var largest = TV.Broadcast(float.NegativeInfinity);
            var j = 0;
            for (; j <= vocab - TV.Width; j += TV.Width) largest = TV.Max(largest, TV.Load(z + j));
            var max = TV.MaxOf(largest);
            for (; j < vocab; j++) max = MathF.Max(max, z[j]);
            return max;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float SumExp<TV>(float* z, float max)
            where TV : unmanaged, ISimd<TV>
        {
            var sum = TV.Zero;
            var j = 0;
            for (; j <= vocab - TV.Width; j += TV.Width) sum += SimdMath.Exp(TV.Load(z + j) - TV.Broadcast(max));
            var total = TV.Sum(sum);
            for (; j < vocab; j++) total += V1.Sum(SimdMath.Exp(V1.Load(z + j) - V1.Broadcast(max)));
            return total;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Gradient<TV>(float* z, float logSum, int target)
            where TV : unmanaged, ISimd<TV>
        {
            var capped = z[target] / softcap;
            var slope = softcap > 0 ? 1 - capped * capped : 1;
            var j = 0;
            for (; j <= vocab - TV.Width; j += TV.Width) Probability<TV>(z + j, logSum);
            for (; j < vocab; j++) Probability<V1>(z + j, logSum);
            z[target] -= scale * slope;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Probability<TV>(float* z, float logSum)
            where TV : unmanaged, ISimd<TV>
        {
            var value = TV.Load(z);
            var p = SimdMath.Exp(value - TV.Broadcast(logSum)) * TV.Broadcast(scale);
            if (softcap > 0)
            {
                var capped = value * TV.Broadcast(1 / softcap);
                p *= TV.Broadcast(1) - capped * capped;
            }

            p.Store(z);
        }
    }
}

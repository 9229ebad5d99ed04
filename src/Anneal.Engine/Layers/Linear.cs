using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>
/// y = x W^T + b + residual, with W [out, in] as in PyTorch. The residual joins here because the product can be
/// accumulated onto it: the sum costs no pass of its own, and its gradient is y's.
/// </summary>
internal sealed unsafe class Linear : Op
{
    private readonly Tensor x; // [N, in]
    private readonly Tensor weight; // [out, in]
    private readonly Tensor? bias; // [1, out]
    private readonly Tensor? residual; // [N, out]
    private readonly TensorUse input;

    public Linear(string name, Tensor x, Tensor weight, Tensor? bias, Tensor? residual = null)
        : base(name)
    {
        if (x.Columns != weight.Columns)
            throw new ArgumentException($"{name}: the input is [{x.Rows}, {x.Columns}], the weight [{weight.Rows}, {weight.Columns}]; inner sizes differ.");
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.residual = residual;
        Y = new(name, x.Rows, weight.Rows);
        input = Input(x, saved: true);
        if (residual is not null) PassGradient(residual, Y);
        Output(Y);
    }

    /// <summary>[N, out]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops =>
        2.0 * x.Rows * weight.Length + (bias is null ? 0 : Y.Length) + (residual is null ? 0 : Y.Length);

    public override double BackwardFlops => 4.0 * x.Rows * weight.Length + (bias is null ? 0 : Y.Length);

    public override void Forward()
    {
        var start = bias is not null || residual is not null;
        if (start) Rows.For(new Start(residual == null ? null : residual.Value, bias == null ? null : bias.Value, Y.Value, Y.Columns), Y.Rows, Team);
        MatMul.NT(x.Value, x.Columns, weight.Value, weight.Columns, Y.Value, Y.Columns, Y.Rows, Y.Columns, x.Columns, start, Team);
    }

    public override void Backward()
    {
        MatMul.NN(Y.Grad, Y.Columns, weight.Value, weight.Columns, x.Grad, x.Columns, x.Rows, x.Columns, Y.Columns, input.Accumulate, Team);
        MatMul.TN(Y.Grad, Y.Columns, x.Value, x.Columns, weight.Grad, weight.Columns, Y.Columns, x.Columns, x.Rows, true, Team);
        if (bias is not null) ColumnSum.Add(Y.Grad, Y.Rows, Y.Columns, bias.Grad, Team);
    }

    /// <summary>y = residual + bias, either of which may be missing.</summary>
    private readonly struct Start(float* residual, float* bias, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var i = from; i < to; i++)
            {
                var row = (long)i * columns;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At<TV>(row, j);
                for (; j < columns; j++) At<V1>(row, j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TV>(long row, int j)
            where TV : unmanaged, ISimd<TV>
        {
            var sum = bias == null ? TV.Zero : TV.Load(bias + j);
            if (residual != null) sum += TV.Load(residual + row + j);
            sum.Store(y + row + j);
        }
    }
}

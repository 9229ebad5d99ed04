using Anneal.Engine.Autograd;

namespace Anneal.Engine.Layers;

/// <summary>y[t] = x[t - 1] within each sequence, zeros at its first token (token shift, Peng et al. 2023, arXiv 2305.13048).</summary>
internal sealed unsafe class Shift : Op
{
    private readonly Tensor x; // [B T, C]
    private readonly int context;
    private readonly TensorUse input;

    public Shift(string name, Tensor x, int context)
        : base(name)
    {
        this.x = x;
        this.context = context;
        Y = new(name, x.Rows, x.Columns);
        input = Input(x);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double BackwardFlops => Y.Length;

    public override void Forward()
    {
        var length = context * x.Columns;
        for (var from = 0; from < x.Length; from += length)
        {
            var y = Y.Values.Slice(from, length);
            y[..x.Columns].Clear();
            x.Values.Slice(from, length - x.Columns).CopyTo(y[x.Columns..]);
        }
    }

    public override void Backward()
    {
        if (!input.Accumulate) x.Grads.Clear();
        for (var row = 0; row < x.Rows; row++)
        {
            if (row % context == context - 1) continue;
            Custom.VectorMath.AddScaled(x.Grads.Slice(row * x.Columns, x.Columns), Y.Grads.Slice((row + 1) * x.Columns, x.Columns), 1);
        }
    }
}

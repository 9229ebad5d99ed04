using Anneal.Engine.Autograd;

namespace Anneal.Engine.Layers;

/// <summary>Some columns of every row.</summary>
internal sealed class Slice : Op
{
    private readonly Tensor x;
    private readonly int from;
    private readonly TensorUse input;

    public Slice(string name, Tensor x, int from, int width)
        : base(name)
    {
        this.x = x;
        this.from = from;
        Y = new(name, x.Rows, width);
        input = Input(x);
        Output(Y);
    }

    public Tensor Y { get; }

    public override double BackwardFlops => Y.Length;

    public override void Forward()
    {
        for (var row = 0; row < Y.Rows; row++) x.Values.Slice(row * x.Columns + from, Y.Columns).CopyTo(Y.Values[(row * Y.Columns)..]);
    }

    public override void Backward()
    {
        if (!input.Accumulate) x.Grads.Clear();
        for (var row = 0; row < Y.Rows; row++)
            Custom.VectorMath.AddScaled(x.Grads.Slice(row * x.Columns + from, Y.Columns), Y.Grads.Slice(row * Y.Columns, Y.Columns), 1);
    }
}

using Anneal.Engine.Autograd;

namespace Anneal.Engine.Layers;

/// <summary>Rows side by side: y = [a, b, ...].</summary>
internal sealed class Concat : Op
{
    private readonly TensorUse[] inputs; // each [N, its columns]

    public Concat(string name, Tensor[] parts)
        : base(name)
    {
        Y = new(name, parts[0].Rows, parts.Sum(part => part.Columns));
        inputs = [.. parts.Select(part => Input(part))];
        Output(Y);
    }

    public Tensor Y { get; }

    public override double BackwardFlops => Y.Length;

    public override void Forward()
    {
        var at = 0;
        foreach (var input in inputs)
        {
            var x = input.Tensor.Values;
            var width = input.Tensor.Columns;
            for (var row = 0; row < Y.Rows; row++) x.Slice(row * width, width).CopyTo(Y.Values[(row * Y.Columns + at)..]);
            at += width;
        }
    }

    public override void Backward()
    {
        var at = 0;
        foreach (var input in inputs)
        {
            var dx = input.Tensor.Grads;
            var width = input.Tensor.Columns;
            for (var row = 0; row < Y.Rows; row++)
            {
                var dy = Y.Grads.Slice(row * Y.Columns + at, width);
                if (input.Accumulate) Custom.VectorMath.AddScaled(dx.Slice(row * width, width), dy, 1);
                else dy.CopyTo(dx[(row * width)..]);
            }

            at += width;
        }
    }
}

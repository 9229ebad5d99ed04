using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;

namespace Anneal.Engine.Layers;

/// <summary>y = f(x), element by element, with a proposal's function and derivative.</summary>
internal sealed class ElementMap : Op
{
    private readonly Tensor x;
    private readonly Func<float, float> function;
    private readonly Func<float, float> derivative;
    private readonly TensorUse input;

    public ElementMap(string name, Tensor x, Func<float, float> function, Func<float, float> derivative)
        : base(name)
    {
        (this.x, this.function, this.derivative) = (x, function, derivative);
        Y = new(name, x.Rows, x.Columns);
        input = Input(x, saved: true);
        Output(Y);
    }

    public Tensor X => x;

    public Tensor Y { get; }

    public override double ForwardFlops => CustomCost.PerElement * x.Length;

    public override double BackwardFlops => CustomCost.PerElement * x.Length;

    public override void Forward()
    {
        ReadOnlySpan<float> from = x.Values;
        var to = Y.Values;
        for (var i = 0; i < to.Length; i++) to[i] = function(from[i]);
    }

    public override void Backward()
    {
        ReadOnlySpan<float> from = x.Values, dy = Y.Grads;
        var dx = x.Grads;
        for (var i = 0; i < dx.Length; i++) dx[i] = dy[i] * derivative(from[i]) + (input.Accumulate ? dx[i] : 0);
    }
}

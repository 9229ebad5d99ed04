using Anneal.Engine.Layers;

namespace Anneal.Engine.Custom;

public sealed partial class BlockBuilder
{
    /// <summary>a + b.</summary>
    public Node Add(Node a, Node b) => Pair("add", a, b, at => at.Graph.Ops.Add(new Sum(prefix + "add", at.Inputs[0], at.Inputs[1])).Y);

    /// <summary>a * b, element by element.</summary>
    public Node Multiply(Node a, Node b) => Pair("multiply", a, b, at => at.Graph.Ops.Add(new Product(prefix + "multiply", at.Inputs[0], at.Inputs[1])).Y);

    /// <summary>GELU, tanh form.</summary>
    public Node Gelu(Node x) => Single("gelu", x, at => at.Graph.Ops.Add(new Gelu(prefix + "gelu", at.X)).Y);

    /// <summary>max(x, 0)^2.</summary>
    public Node Relu2(Node x) => Single("relu2", x, at => at.Graph.Ops.Add(new Relu2(prefix + "relu2", at.X)).Y);

    /// <summary>1 / (1 + e^-x).</summary>
    public Node Sigmoid(Node x) => Single("sigmoid", x, at => at.Graph.Ops.Add(new Squash(prefix + "sigmoid", at.X, hyperbolic: false)).Y);

    /// <summary>Hyperbolic tangent.</summary>
    public Node Tanh(Node x) => Single("tanh", x, at => at.Graph.Ops.Add(new Squash(prefix + "tanh", at.X, hyperbolic: true)).Y);

    /// <summary>silu(gate) * up, with gate and up the halves of a row; half as wide as <paramref name="x"/>.</summary>
    public Node Swiglu(Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Width % 2 != 0) throw new ArgumentException($"Swiglu: `{x.Name}` is {x.Width} wide; expected an even width, gate and up side by side.");
        return Add("swiglu", x.Width / 2, [x], at => at.Graph.Ops.Add(new Swiglu(prefix + "swiglu", at.X)).Y);
    }

    /// <summary>The row of the token before: y[t] = x[t - 1], zeros for the first token of a sequence.</summary>
    public Node Shift(Node x) => Single("shift", x, at => at.Graph.Ops.Add(new Shift(prefix + "shift", at.X, at.Shape.Context)).Y);

    /// <summary>The nodes side by side: a row of the first, then of the second, and so on.</summary>
    /// <param name="parts">1 to 8 nodes.</param>
    public Node Concat(params Node[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length is < 1 or > 8) throw new ArgumentException($"Concat: {parts.Length} nodes; expected 1 to 8.");
        return Add("concat", parts.Sum(part => part.Width), parts, at => at.Graph.Ops.Add(new Concat(prefix + "concat", at.Inputs)).Y);
    }

    /// <summary>Columns <paramref name="from"/> to <paramref name="from"/> + <paramref name="width"/> - 1.</summary>
    public Node Slice(Node x, int from, int width)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (from < 0 || width < 1 || from > x.Width - width)
            throw new ArgumentException($"Slice: columns {from} to {from + (long)width - 1} of `{x.Name}`, which is {x.Width} wide.");
        return Add("slice", width, [x], at => at.Graph.Ops.Add(new Slice(prefix + "slice", at.X, from, width)).Y);
    }

    /// <summary>
    /// A gated linear recurrence over the tokens of a sequence, channel by channel: y[t] = gate[t] * y[t - 1] + x[t], from zero.
    /// Keep the gates between 0 and 1 (<see cref="Sigmoid"/>).
    /// </summary>
    public Node Recur(Node gate, Node x) =>
        Pair("recur", gate, x, at => at.Graph.Ops.Add(new LinearRecurrence(prefix + "recur", at.Inputs[0], at.Inputs[1], at.Shape.Context)).Y);

    /// <summary>An element-wise function of your own. Slower than the built-in ones, and charged <see cref="CustomCost.PerElement"/>.</summary>
    /// <param name="x">Input.</param>
    /// <param name="function">y = f(x); pure.</param>
    /// <param name="derivative">f'(x); checked against differences of <paramref name="function"/> before a run.</param>
    public Node Map(Node x, Func<float, float> function, Func<float, float> derivative)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(derivative);
        return Single("map", x, at => at.Graph.Ops.Add(new ElementMap($"{prefix}map of `{x.Name}`", at.X, function, derivative)).Y);
    }

    private Node Single(string name, Node x, Func<BlockEmission, Autograd.Tensor> emit)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Add(name, x.Width, [x], emit);
    }

    private Node Pair(string name, Node a, Node b, Func<BlockEmission, Autograd.Tensor> emit)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        SameWidth(name, a, b);
        return Add(name, a.Width, [a, b], emit);
    }
}

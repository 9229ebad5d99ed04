using Anneal.Engine.Layers;
using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

public sealed partial class BlockBuilder
{
    /// <summary>y = x W^T (+ b), W [width, x.Width].</summary>
    /// <param name="name">Of the parameters <c>name.weight</c> and <c>name.bias</c>.</param>
    /// <param name="x">Input.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="std">Standard deviation of the initial weights; null takes <c>model.init_std</c>, 0 starts at zero.</param>
    /// <param name="bias">Null takes <c>model.bias</c>.</param>
    public Node Linear(string name, Node x, int width, double? std = null, bool? bias = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var operand = Learned(name);
        layout.Linear(operand, Std(name, std ?? Model.InitStd), x.Width, bias ?? Model.Bias, (operand, Width(name, width)));
        return Add(name, width, [x], at => at.Graph.Linear(operand, at.X));
    }

    /// <summary>Like <see cref="Linear"/>, to the model's width and initialised as what writes into the residual stream: <c>init_std / sqrt(2 layers)</c>, or zero with <c>model.zero_init</c>.</summary>
    /// <param name="name">Of the parameters.</param>
    /// <param name="x">Input.</param>
    public Node LinearToResidual(string name, Node x) => Linear(name, x, Model.Width, layout.ResidualStd);

    /// <summary>The recipe's normalisation (<c>model.norm.kind</c>) over each row, with its gain.</summary>
    /// <param name="name">Of the parameter <c>name.weight</c>.</param>
    /// <param name="x">Input.</param>
    public Node Norm(string name, Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var operand = Learned(name);
        layout.Norm(operand, x.Width);
        return Add(name, x.Width, [x], at => at.Graph.Norm(operand, at.X));
    }

    /// <summary>y = gain * x, one learned gain a channel.</summary>
    /// <param name="name">Of the parameter <c>name.weight</c>.</param>
    /// <param name="x">Input.</param>
    /// <param name="initial">0 or 1: what the gains start at.</param>
    public Node Scale(string name, Node x, int initial = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (initial is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(initial), initial, $"`{name}` starts at 0 or 1");
        var weight = Learned(name) + ".weight";
        layout.Vector(weight, initial == 1 ? double.NaN : 0, (weight, x.Width));
        return Add(name, x.Width, [x], at => at.Graph.Ops.Add(new ChannelScale(weight, at.X, at.Graph.Operand(weight))).Y);
    }

    /// <summary>Causal depthwise convolution: y[t] = sum over k of w[k] * x[t - k], channel by channel, nothing before the first token.</summary>
    /// <param name="name">Of the parameter <c>name.weight</c>, [taps, x.Width].</param>
    /// <param name="x">Input.</param>
    /// <param name="taps">Tokens that are seen, the present one included. 1 to 64.</param>
    /// <param name="std">Standard deviation of the initial weights; null takes <c>1 / sqrt(taps)</c>.</param>
    public Node Convolution(string name, Node x, int taps, double? std = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (taps is < 1 or > 64) throw new ArgumentOutOfRangeException(nameof(taps), taps, $"`{name}` sees 1 to 64 tokens");
        var weight = Learned(name) + ".weight";
        layout.Matrix(weight, ParameterGroup.Scalar, false, Std(name, std ?? 1 / Math.Sqrt(taps)), x.Width, (weight, taps));
        return Add(name, x.Width, [x], at => at.Graph.Ops.Add(new CausalConvolution(weight, at.X, at.Graph.Operand(weight), at.Shape.Context)).Y);
    }

    /// <summary>An operator with code of its own; see <see cref="CustomOp"/>.</summary>
    /// <param name="name">First part of its parameters' names.</param>
    /// <param name="op">A new instance for every use.</param>
    /// <param name="inputs">What it reads, 1 to 8 nodes.</param>
    public Node Op(string name, CustomOp op, params Node[] inputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Length is < 1 or > 8) throw new ArgumentException($"`{name}` reads {inputs.Length} nodes; expected 1 to 8.");
        if (!ops.Add(op)) throw new ArgumentException($"`{name}` uses an instance of {op.GetType().Name} that is in use already; make a new one.");
        var operand = Learned(name);
        int[] widths = [.. inputs.Select(input => input.Width)];
        var names = new List<string>();
        foreach (var parameter in op.Parameters(widths))
        {
            var full = prefix + Sound($"{name}.{parameter.Name}");
            Std(name, double.IsNaN(parameter.Std) ? 0 : parameter.Std);
            if (parameter.Rows == 1) layout.Vector(full, parameter.Std, (full, Width(name, parameter.Columns)));
            else layout.Matrix(full, ParameterGroup.Matrix, true, parameter.Std, Width(name, parameter.Columns), (full, Width(name, parameter.Rows)));
            names.Add(full);
        }

        var width = Width(name, op.OutputWidth(widths));
        var saved = op.SavedWidth(widths);
        if (saved is < 0 or > WidestNode) throw new ArgumentException($"`{name}` saves {saved} floats a token; expected 0 to {WidestNode}.");
        return Add(name, width, inputs, at => at.Graph.Ops.Add(
            new RawOp(operand, op, at.Inputs, [.. names.Select(at.Graph.Operand)], width, saved, at.Shape.Sequences, at.Shape.Context, at.Graph.Meter)).Y);
    }

    private static double Std(string name, double std) =>
        std is >= 0 and <= 10 ? std : throw new ArgumentOutOfRangeException(nameof(std), std, $"`{name}`: a standard deviation is 0 to 10");

    private static int Width(string name, int width) =>
        width is >= 1 and <= WidestNode ? width : throw new ArgumentOutOfRangeException(nameof(width), width, $"`{name}`: a width is 1 to {WidestNode}");
}

namespace Anneal.Engine.Custom;

/// <summary>
/// An operator of a block with forward and backward of its own, over spans [sequences, context, width]. The derivative is compared
/// with differences before a run, and what comes out at a token may depend on that token and earlier ones of its sequence only.
/// </summary>
/// <remarks>
/// Forward and backward are pure functions of what they are given, called from one thread. What backward needs beside inputs and
/// output goes into <see cref="OpForward.Saved"/>; fields would hold another layer's or another batch's.
/// </remarks>
public abstract class CustomOp
{
    /// <summary>Floating-point operations for each float of the inputs and the output, forward; the lab charges this or <see cref="CustomCost.PerElement"/>, and twice that backward. Products are counted beside.</summary>
    public virtual double FlopsPerElement => 0;

    /// <summary>Width of the result, 1 to 65536.</summary>
    /// <param name="widths">Of the inputs.</param>
    public abstract int OutputWidth(ReadOnlySpan<int> widths);

    /// <summary>Learned parts; none by default.</summary>
    /// <param name="widths">Of the inputs.</param>
    public virtual IReadOnlyList<OpParameter> Parameters(ReadOnlySpan<int> widths) => [];

    /// <summary>Floats a token that forward leaves for backward; 0 by default.</summary>
    /// <param name="widths">Of the inputs.</param>
    public virtual int SavedWidth(ReadOnlySpan<int> widths) => 0;

    /// <summary>Writes every float of the output.</summary>
    public abstract void Forward(in OpForward p);

    /// <summary>Adds to the gradients of inputs and parameters what follows from the output's gradient.</summary>
    public abstract void Backward(in OpBackward p);

    internal double ChargePerElement => CustomCost.Charge(FlopsPerElement);
}

/// <summary>A learned part of a <see cref="CustomOp"/>.</summary>
/// <param name="Name">Last part of its name: lower-case letters, digits, underscores.</param>
/// <param name="Rows">1 for a vector (no weight decay), more for a matrix.</param>
/// <param name="Columns">1 or more.</param>
/// <param name="Std">Standard deviation of the initial values; 0: zeros; NaN: ones.</param>
public sealed record OpParameter(string Name, int Rows, int Columns, double Std);

using Anneal.Engine.Layers;

namespace Anneal.Engine.Custom;

/// <summary>What a <see cref="CustomOp"/> reads and adds to going backward. Spans are row-major and valid during the call.</summary>
public readonly ref struct OpBackward
{
    private readonly RawOp op;

    internal OpBackward(RawOp op) => this.op = op;

    /// <summary>Sequences of the batch.</summary>
    public int Sequences => op.Sequences;

    /// <summary>Tokens of a sequence.</summary>
    public int Context => op.Context;

    /// <summary>[Sequences, Context, width] of an input, as forward saw it.</summary>
    public ReadOnlySpan<float> Input(int index) => op.InputAt(index).Values;

    /// <summary>Width of an input.</summary>
    public int Width(int index) => op.InputAt(index).Columns;

    /// <summary>[Sequences, Context, OutputWidth], as forward wrote it.</summary>
    public ReadOnlySpan<float> Output => op.Y.Values;

    /// <summary>What forward saved.</summary>
    public ReadOnlySpan<float> Saved => op.SavedValues;

    /// <summary>A declared parameter.</summary>
    public ReadOnlySpan<float> Parameter(int index) => op.ParameterAt(index).Values;

    /// <summary>[Sequences, Context, OutputWidth]: derivative of the loss with respect to the output.</summary>
    public ReadOnlySpan<float> OutputGradient => op.Y.Grads;

    /// <summary>The gradient of an input, to be added to.</summary>
    public Span<float> InputGradient(int index) => op.InputAt(index).Grads;

    /// <summary>The gradient of a parameter, to be added to.</summary>
    public Span<float> ParameterGradient(int index) => op.ParameterAt(index).Grads;

    /// <summary>Counted matrix products, and scratch memory.</summary>
    public LinearAlgebra Math => op.Math;
}

using Anneal.Engine.Layers;

namespace Anneal.Engine.Custom;

/// <summary>What a <see cref="CustomOp"/> reads and writes going forward. Spans are row-major and valid during the call.</summary>
public readonly ref struct OpForward
{
    private readonly RawOp op;

    internal OpForward(RawOp op) => this.op = op;

    /// <summary>Sequences of the batch; they must not see each other.</summary>
    public int Sequences => op.Sequences;

    /// <summary>Tokens of a sequence.</summary>
    public int Context => op.Context;

    /// <summary>[Sequences, Context, width] of an input, from 0.</summary>
    public ReadOnlySpan<float> Input(int index) => op.InputAt(index).Values;

    /// <summary>Width of an input.</summary>
    public int Width(int index) => op.InputAt(index).Columns;

    /// <summary>[Sequences, Context, OutputWidth], to be written whole.</summary>
    public Span<float> Output => op.Y.Values;

    /// <summary>[Sequences, Context, SavedWidth], for backward.</summary>
    public Span<float> Saved => op.SavedValues;

    /// <summary>A declared parameter, from 0.</summary>
    public ReadOnlySpan<float> Parameter(int index) => op.ParameterAt(index).Values;

    /// <summary>Counted matrix products, and scratch memory.</summary>
    public LinearAlgebra Math => op.Math;
}

using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;

namespace Anneal.Engine.Custom;

/// <summary>One parameter at one step, as an optimizer sees it. Spans are row-major and valid during the call.</summary>
public readonly ref struct ParameterUpdate
{
    private readonly SpanOptimizer owner;
    private readonly int index;

    internal ParameterUpdate(SpanOptimizer owner, int index, Parameter parameter, ReadOnlySpan<float> gradient, double learningRate)
    {
        (this.owner, this.index) = (owner, index);
        Name = parameter.Name;
        Rows = parameter.Tensor.Rows;
        Columns = parameter.Tensor.Columns;
        Group = parameter.Group;
        Value = parameter.Value;
        Gradient = gradient;
        LearningRate = learningRate;
        WeightDecay = parameter.Decays ? owner.Settings.WeightDecay : 0;
    }

    /// <summary>Dotted name: <c>model.layers.0.self_attn.q_proj.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Rows; 1 for gains and biases. Matrices are [out, in].</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Embedding, head, hidden matrix, or gain and bias.</summary>
    public ParameterGroup Group { get; }

    /// <summary>[Rows, Columns], to be changed.</summary>
    public Span<float> Value { get; }

    /// <summary>[Rows, Columns], of the step's mean loss, after clipping.</summary>
    public ReadOnlySpan<float> Gradient { get; }

    /// <summary>Peak rate times schedule times the group's multiplier.</summary>
    public double LearningRate { get; }

    /// <summary>The recipe's weight decay; 0 where none applies (gains, biases, position tables). Decoupled form: value -= rate * decay * value.</summary>
    public double WeightDecay { get; }

    /// <summary>Updates including this one: 1 at first, as in bias corrections.</summary>
    public long Step => owner.Updates;

    /// <summary>The recipe's <c>optimizer</c> section.</summary>
    public OptimizerConfig Settings => owner.Settings;

    /// <summary>Counted matrix products, and scratch memory.</summary>
    public LinearAlgebra Math => owner.Math;

    /// <summary>A declared state, in order of declaration from 0.</summary>
    public Span<float> State(int number) => owner.StateOf(index, number);
}

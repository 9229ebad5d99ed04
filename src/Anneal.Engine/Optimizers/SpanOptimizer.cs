using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>Runs an optimizer that a proposal brought: states, clipped gradients and norms are ours, the update is theirs.</summary>
internal sealed class SpanOptimizer : Optimizer
{
    private readonly CustomOptimizer custom;
    private readonly Transformer model;
    private readonly OptimizerState[][] states; // by parameter, then in order of declaration
    private readonly List<NativeBuffer> buffers = [];
    private readonly NativeBuffer gradient; // of one parameter
    private readonly NativeBuffer before; // its values before the update

    public SpanOptimizer(CustomOptimizer custom, OptimizerConfig config, Transformer model, LinearAlgebra math)
    {
        (this.custom, this.model, Settings, Math) = (custom, model, config, math);
        states = [.. model.Parameters.Select(Declare)];
        var largest = model.Parameters.Max(parameter => parameter.Length);
        gradient = new(largest);
        before = new(largest);
    }

    public OptimizerConfig Settings { get; }

    public LinearAlgebra Math { get; }

    public override double Flops => CountFlops(custom, model.Parameters);

    public override IEnumerable<OptimizerState> State => states.SelectMany(state => state);

    // What the products execute is metered.
    public static double CountFlops(CustomOptimizer custom, IReadOnlyList<Parameter> parameters) =>
        custom.ChargePerElement * parameters.Sum(parameter => (double)parameter.Length);

    public Span<float> StateOf(int parameter, int number) =>
        (uint)number < (uint)states[parameter].Length
            ? states[parameter][number].Values
            : throw new ArgumentOutOfRangeException(nameof(number), number, $"{model.Parameters[parameter].Name} has {states[parameter].Length} declared states");

    public override void Update(double rate, float gradScale)
    {
        Updates++;
        double changes = 0, squares = 0;
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            var parameter = model.Parameters[i];
            var value = parameter.Value;
            var scaled = gradient.Span[..value.Length];
            var old = before.Span[..value.Length];
            parameter.Grad.CopyTo(scaled);
            if (gradScale != 1) VectorMath.Scale(scaled, gradScale);
            value.CopyTo(old);

            custom.Update(new(this, i, parameter, scaled, rate * Settings.Lr * Scale(Settings.Groups, parameter.Group)));

            VectorMath.AddScaled(old, value, -1);
            changes += VectorMath.Dot(old, old);
            squares += VectorMath.Dot(value, value);
        }

        UpdateSquares = changes;
        ParameterSquares = squares;
    }

    public override void Dispose()
    {
        foreach (var buffer in buffers) buffer.Dispose();
        gradient.Dispose();
        before.Dispose();
    }

    private OptimizerState[] Declare(Parameter parameter)
    {
        var declaration = new ParameterStates(parameter);
        custom.Declare(declaration);
        return [.. declaration.Declared.Select(state =>
        {
            var buffer = new NativeBuffer(state.Shape.Aggregate(1L, (product, side) => product * side));
            buffers.Add(buffer);
            return new OptimizerState($"{state.Name}.{parameter.Name}", state.Shape, buffer, 0);
        })];
    }
}

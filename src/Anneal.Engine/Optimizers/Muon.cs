using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>
/// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): Nesterov momentum of each hidden matrix, orthogonalised by five
/// Newton-Schulz steps, times sqrt(max(1, rows / columns)); AdamW for all that is no hidden matrix. Queries, keys and values (and
/// gate and up) are matrices of their own: each is a map with its own scale, and stacking them would tie their spectra together.
/// </summary>
internal sealed unsafe class Muon : Optimizer
{
    private readonly OptimizerConfig config;
    private readonly Transformer model;
    private readonly List<Parameter> matrices;
    private readonly AdamW rest;
    private readonly NativeBuffer momentum;
    private readonly NewtonSchulz orthogonal;

    public Muon(OptimizerConfig config, Transformer model, ThreadTeam team)
    {
        this.config = config;
        this.model = model;
        matrices = [.. model.Parameters.Where(IsHidden)];
        rest = new(config, config.AdamLr, model, [.. model.Parameters.Where(parameter => !IsHidden(parameter))], team);
        momentum = new(model.Layout.Length);
        orthogonal = new(matrices.Max(matrix => matrix.Length), matrices.Max(matrix => matrix.Shape.Min()), team);
    }

    public override double Flops => CountFlops(model.Parameters);

    public override IEnumerable<OptimizerState> State =>
        matrices.Select(matrix => new OptimizerState("momentum." + matrix.Name, matrix, momentum)).Concat(rest.State);

    public static double CountFlops(IReadOnlyList<Parameter> parameters) =>
        AdamW.CountFlops([.. parameters.Where(parameter => !IsHidden(parameter))])
        + parameters.Where(IsHidden).Sum(matrix => NewtonSchulz.Flops(matrix.Shape[0], matrix.Shape[1]) + 13.0 * matrix.Length);

    public override void Update(double rate, float gradScale)
    {
        Updates++;
        rest.Update(rate, gradScale);
        UpdateSquares = rest.UpdateSquares;
        ParameterSquares = rest.ParameterSquares;
        foreach (var matrix in matrices) Update(matrix, rate * config.Lr, gradScale);
    }

    public override void Restore(long updates, double parameterSquares)
    {
        base.Restore(updates, parameterSquares);
        rest.Restore(updates, 0);
    }

    public override void Dispose()
    {
        rest.Dispose();
        momentum.Dispose();
        orthogonal.Dispose();
    }

    private static bool IsHidden(Parameter parameter) => parameter.Group == ParameterGroup.Matrix;

    private void Update(Parameter matrix, double lr, float gradScale)
    {
        int rows = matrix.Shape[0], columns = matrix.Shape[1];
        var buffer = momentum.Pointer + matrix.Offset;
        Loops.For(new Nesterov(buffer, model.Grads.Pointer + matrix.Offset, orthogonal.Input, (float)config.Momentum, gradScale), matrix.Length);
        var direction = orthogonal.Run(rows, columns);

        var value = model.Values.Pointer + matrix.Offset;
        var keep = (float)(1 - lr * config.WeightDecay);
        var step = (float)(-lr * Math.Sqrt(Math.Max(1, (double)rows / columns)));
        UpdateSquares += Loops.Sum(new Apply(value, direction, keep, step), matrix.Length);
        ParameterSquares += Loops.Sum(new Squares(value), matrix.Length);
    }

    /// <summary>buffer = momentum * buffer + g; u = g + momentum * buffer.</summary>
    private readonly struct Nesterov(float* buffer, float* grad, float* u, float momentum, float gradScale) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var g = TV.Load(grad + i) * TV.Broadcast(gradScale);
            var b = TV.Fma(TV.Load(buffer + i), TV.Broadcast(momentum), g);
            b.Store(buffer + i);
            TV.Fma(b, TV.Broadcast(momentum), g).Store(u + i);
        }
    }

    /// <summary>p = keep * p + step * direction; the terms are the squares of the change.</summary>
    private readonly struct Apply(float* value, float* direction, float keep, float step) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV>
        {
            var old = TV.Load(value + i);
            var next = TV.Fma(old, TV.Broadcast(keep), TV.Load(direction + i) * TV.Broadcast(step));
            next.Store(value + i);
            return (next - old) * (next - old);
        }
    }

    private readonly struct Squares(float* x) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(x + i);
    }
}

using Anneal.Engine.Kernels;
using Anneal.Engine.Models;

namespace Anneal.Engine.Optimizers;

/// <summary>Updates a model's parameters from its gradients. State lives in flat buffers beside the parameters.</summary>
internal abstract class Optimizer : IDisposable
{
    /// <summary>Updates done; bias corrections depend on it.</summary>
    public long Updates { get; protected set; }

    /// <summary>Sum of squares of the last update's changes, weight decay included.</summary>
    public double UpdateSquares { get; protected set; }

    /// <summary>Sum of squares of the parameters after the last update.</summary>
    public double ParameterSquares { get; protected set; }

    /// <summary>Floating-point operations of one update.</summary>
    public abstract double Flops { get; }

    /// <summary>State tensors, one name a (parameter, moment): <c>exp_avg.model.norm.weight</c>.</summary>
    public abstract IEnumerable<OptimizerState> State { get; }

    /// <summary>Does one update.</summary>
    /// <param name="rate">Multiple of the configured learning rates: schedule times control.</param>
    /// <param name="gradScale">Factor on every gradient: the clipping.</param>
    public abstract void Update(double rate, float gradScale);

    public abstract void Dispose();

    /// <summary>Takes over the counters of a checkpoint.</summary>
    public virtual void Restore(long updates, double parameterSquares)
    {
        Updates = updates;
        ParameterSquares = parameterSquares;
    }

    /// <summary>The optimizer that the configuration asks for.</summary>
    public static Optimizer Create(OptimizerConfig config, Transformer model, ThreadTeam team) => config.Kind switch
    {
        OptimizerKind.AdamW => new AdamW(config, config.Lr, model, model.Parameters, team),
        OptimizerKind.Muon => new Muon(config, model, team),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.Kind, "unknown optimizer"),
    };

    /// <summary>Floating-point operations of one update, without a model in memory.</summary>
    public static double CountFlops(OptimizerConfig config, IReadOnlyList<Parameter> parameters) => config.Kind switch
    {
        OptimizerKind.Muon => Muon.CountFlops(parameters),
        _ => AdamW.CountFlops(parameters),
    };

    /// <summary>Learning-rate multiplier of a group.</summary>
    protected static double Scale(GroupScales groups, ParameterGroup group) => group switch
    {
        ParameterGroup.Embedding => groups.Embedding,
        ParameterGroup.Head => groups.Head,
        ParameterGroup.Scalar => groups.Scalar,
        _ => 1,
    };
}

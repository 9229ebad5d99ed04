using Anneal.Engine.Models;

namespace Anneal.Engine.Training;

/// <summary>
/// Reaches into the steps of a trainer, where things go wrong in reality: for fault injection. Each hook does nothing by default;
/// a trainer without a tap does not notice.
/// </summary>
internal abstract class StepTap
{
    /// <summary>A batch was read, and not yet looked at.</summary>
    /// <param name="batch">[batch tokens + 1] token ids, the look-ahead token last.</param>
    public virtual void Loaded(Span<int> batch)
    {
    }

    /// <summary>A micro-batch is about to go through the model.</summary>
    /// <param name="inputs">[sequences, context] token ids.</param>
    /// <param name="targets">[sequences, context] tokens to predict.</param>
    public virtual void Fed(Span<int> inputs, Span<int> targets)
    {
    }

    /// <summary>The gradients of the batch's mean loss are complete, and not yet measured or clipped.</summary>
    public virtual void Differentiated(Transformer model)
    {
    }

    /// <summary>Multiple of the peak learning rate for the update that comes next.</summary>
    /// <param name="scheduled">What schedule and control say.</param>
    public virtual double Rate(double scheduled) => scheduled;
}

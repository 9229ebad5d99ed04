namespace Anneal.Engine.Custom;

/// <summary>
/// An optimizer, from a proposal: replaces the recipe's. Gradients come clipped, learning rates scheduled; the constants of the
/// recipe's <c>optimizer</c> section are at hand as <see cref="ParameterUpdate.Settings"/>, so that they stay tunable.
/// </summary>
/// <remarks>
/// Everything that must survive a step belongs into the declared states: they are what a checkpoint keeps. Fields of the class are
/// lost when a run resumes, and the lab checks that a resumed optimizer goes on with the same bits. The products of a step may not
/// exceed those that it made when it was checked: the same work at every step.
/// </remarks>
/// <example>Momentum with a sign (Lion, Chen et al. 2023, arXiv 2302.06675):
/// <code>
/// public sealed class Lion : CustomOptimizer
/// {
///     public override void Declare(ParameterStates states) => states.Like("momentum");
///
///     public override void Update(in ParameterUpdate p)
///     {
///         Span&lt;float&gt; value = p.Value, m = p.State(0);
///         ReadOnlySpan&lt;float&gt; g = p.Gradient;
///         float rate = (float)p.LearningRate, keep = (float)(1 - p.LearningRate * p.WeightDecay);
///         for (int i = 0; i &lt; value.Length; i++)
///         {
///             value[i] = keep * value[i] - rate * MathF.Sign(0.9f * m[i] + 0.1f * g[i]);
///             m[i] = 0.99f * m[i] + 0.01f * g[i];
///         }
///     }
/// }
/// </code>
/// </example>
public abstract class CustomOptimizer
{
    /// <summary>Floating-point operations of an element and update, products aside; the lab charges this or <see cref="CustomCost.PerElement"/>, whichever is more.</summary>
    public virtual double FlopsPerElement => 0;

    /// <summary>Declares what is kept of a parameter from step to step, zero at first. Called once a parameter, before any update.</summary>
    /// <param name="states">The parameter, and where its states are declared.</param>
    public abstract void Declare(ParameterStates states);

    /// <summary>Updates one parameter where it stands. Called once a parameter and step, in a fixed order, from one thread.</summary>
    /// <param name="p">The parameter, its gradient, its states.</param>
    public abstract void Update(in ParameterUpdate p);

    internal double ChargePerElement => CustomCost.Charge(FlopsPerElement);
}

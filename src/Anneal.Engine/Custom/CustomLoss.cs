namespace Anneal.Engine.Custom;

/// <summary>
/// The training loss of a token, from a proposal. It decides the gradients alone: what a run reports as <c>train/loss</c> and what
/// is measured on held text stay the lab's cross-entropy, so that curves compare.
/// </summary>
/// <example>Label smoothing:
/// <code>
/// public sealed class Smoothed : CustomLoss
/// {
///     public override double Row(Span&lt;float&gt; logits, int target)
///     {
///         const float Smoothing = 0.1f;
///         float uniform = Smoothing / logits.Length, sum = 0, at = logits[target];
///         foreach (float logit in logits) sum += logit;
///         float logSum = VectorMath.Softmax(logits);
///         for (int i = 0; i &lt; logits.Length; i++) logits[i] -= uniform;
///         logits[target] -= 1 - Smoothing;
///         return logSum - (1 - Smoothing) * at - uniform * sum;
///     }
/// }
/// </code>
/// </example>
public abstract class CustomLoss
{
    /// <summary>Floating-point operations of a logit, value and gradient together; the lab charges this or <see cref="CustomCost.PerElement"/>, whichever is more.</summary>
    public virtual double FlopsPerLogit => 0;

    /// <summary>Loss and gradient of one token; a pure function of its arguments.</summary>
    /// <param name="logits">[vocab], after the model's softcap. On return: the derivative of the loss with respect to each.</param>
    /// <param name="target">The token that follows, 0 to vocab - 1.</param>
    /// <returns>The loss, in nats.</returns>
    public abstract double Row(Span<float> logits, int target);

    internal double ChargePerLogit => CustomCost.Charge(FlopsPerLogit);
}

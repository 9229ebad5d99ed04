namespace Anneal.Engine.Custom;

/// <summary>The learning rate over a run, from a proposal: replaces the recipe's <c>schedule</c>.</summary>
/// <example>
/// <code>
/// public sealed class InverseSquareRoot : CustomSchedule
/// {
///     public override double Rate(long step, long steps)
///     {
///         double warmup = Math.Max(1, 0.02 * steps);
///         return Math.Min((step + 1) / warmup, Math.Sqrt(warmup / (step + 1)));
///     }
/// }
/// </code>
/// </example>
public abstract class CustomSchedule
{
    /// <summary>The largest multiple of the peak rate that is accepted.</summary>
    public const double Largest = 10;

    /// <summary>Multiple of the peak learning rate (<c>optimizer.lr</c>) at a step; a pure function of its arguments.</summary>
    /// <param name="step">The step about to be done, 0 to <paramref name="steps"/> - 1.</param>
    /// <param name="steps">Steps of the whole run, 1 or more. Shorter screening runs have fewer: write fractions of it.</param>
    /// <returns>0 to <see cref="Largest"/>; anything else ends the run.</returns>
    public abstract double Rate(long step, long steps);

    internal double Checked(long step, long steps)
    {
        var rate = Rate(step, steps);
        return rate is >= 0 and <= Largest
            ? rate
            : throw new InvalidOperationException($"{GetType().Name}.Rate({step}, {steps}) is {rate}; expected 0 to {Largest}, a multiple of the peak rate.");
    }
}

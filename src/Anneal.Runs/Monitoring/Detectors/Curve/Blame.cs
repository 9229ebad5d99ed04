using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Where the cause of a sudden change lies, judged from loss and gradient norm alone. Wrong text is bad at being predicted and moves
/// the loss by more nats than the gradient by powers of e; damaged weights do the opposite; a gradient that multiplies while the
/// loss stays put comes from the arithmetic of the update, and one that changes a little, at once, from the text. What grows over
/// many steps is the optimizer's doing. Ratios as measured on injected faults of two trainers; likelihoods, no laws.
/// </summary>
internal static class Blame
{
    private const double TextNatsPerFold = 0.8, Notable = 2, Arithmetic = 0.75;

    /// <summary>The likeliest cause.</summary>
    /// <param name="rise">Of the loss above its expectation, nats.</param>
    /// <param name="sigma">Of the loss.</param>
    /// <param name="growth">Logarithm of the gradient norm above its expectation; 0 where there is none.</param>
    /// <param name="gradual">It took many steps, or still grows.</param>
    public static Cause Of(double rise, double sigma, double growth, bool gradual) =>
        gradual ? Cause.Optimizer
        : rise > Notable * sigma
            ? growth <= 0 || rise / growth >= TextNatsPerFold ? Cause.Data : Cause.Model
            : Math.Abs(growth) > Arithmetic ? Cause.Optimizer : Cause.Data;
}

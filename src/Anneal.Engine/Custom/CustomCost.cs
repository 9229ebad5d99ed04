namespace Anneal.Engine.Custom;

/// <summary>
/// What code that the lab cannot count is charged. A proposal may declare more, never less: the figure is several times what the
/// lab's own element-wise loops execute, so that moving work into uncounted loops never pays. Time is checked against it too.
/// </summary>
public static class CustomCost
{
    /// <summary>Floating-point operations charged for every element that a proposal's own loop may touch, forward or backward.</summary>
    public const double PerElement = 64;

    internal static double Charge(double declared) => double.IsFinite(declared) ? Math.Max(declared, PerElement) : PerElement;
}

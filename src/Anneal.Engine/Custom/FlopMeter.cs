namespace Anneal.Engine.Custom;

/// <summary>Floating-point operations that proposals executed through <see cref="LinearAlgebra"/>, which no graph knows beforehand.</summary>
internal sealed class FlopMeter
{
    private double current;

    /// <summary>Most in one step so far.</summary>
    public double Largest { get; private set; }

    public void Add(double flops) => current += flops;

    /// <summary>Forgets what was not part of a step.</summary>
    public void Discard() => current = 0;

    /// <summary>Ends a step.</summary>
    public void EndStep()
    {
        Largest = Math.Max(Largest, current);
        current = 0;
    }
}

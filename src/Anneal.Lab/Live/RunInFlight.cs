
namespace Anneal.Lab.Live;

/// <summary>A run that trains now.</summary>
/// <param name="started">How it began.</param>
public sealed class RunInFlight(RunStarted started)
{
    private readonly List<double> _losses = [];

    /// <summary>How it began.</summary>
    public RunStarted Started => started;

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary><c> of 400</c>; nothing where the steps of the run are not known, as for a foreign trainer.</summary>
    public string OfSteps => started.Steps > 0 ? $" of {started.Steps}" : "";

    /// <summary>Train losses lately seen, oldest first.</summary>
    public IReadOnlyList<double> Losses => _losses;

    internal void Advance(RunProgressed progressed)
    {
        Step = progressed.Step;
        _losses.Add(progressed.Point.Loss);
    }
}

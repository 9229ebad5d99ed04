
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

    /// <summary>Train losses lately seen, oldest first.</summary>
    public IReadOnlyList<double> Losses => _losses;

    internal void Advance(RunProgressed progressed)
    {
        Step = progressed.Step;
        _losses.Add(progressed.Point.Loss);
    }
}

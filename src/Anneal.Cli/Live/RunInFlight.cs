using Anneal.Lab;

namespace Anneal.Cli.Live;

/// <summary>A run that trains now.</summary>
internal sealed class RunInFlight(RunStarted started)
{
    private readonly List<double> _losses = [];

    public RunStarted Started => started;

    public int Step { get; private set; }

    /// <summary>Train losses lately seen, oldest first.</summary>
    public IReadOnlyList<double> Losses => _losses;

    public void Advance(RunProgressed progressed)
    {
        Step = progressed.Step;
        _losses.Add(progressed.Point.Loss);
    }
}

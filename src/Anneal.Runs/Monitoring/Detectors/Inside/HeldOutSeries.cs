namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>One held-out loss beside the training loss, from one evaluation to the next.</summary>
/// <param name="name">Full name of the signal.</param>
internal sealed class HeldOutSeries(string name)
{
    /// <summary>Full name of the signal.</summary>
    public string Name => name;

    /// <summary>Evaluations heard.</summary>
    public int Count { get; private set; }

    /// <summary>Last held-out loss, nats a token.</summary>
    public double Held { get; private set; }

    /// <summary>Change of the held-out loss since the evaluation before.</summary>
    public double HeldChange { get; private set; }

    /// <summary>Change of the smoothed training loss in that time.</summary>
    public double TrainChange { get; private set; }

    /// <summary>By how much the held-out loss fell more than training did: the run's habit.</summary>
    public Habit Excess { get; } = new(24);

    private double train;

    /// <summary>Takes in an evaluation.</summary>
    /// <param name="held">Held-out loss.</param>
    /// <param name="smoothed">Training loss as of now, smoothed.</param>
    public void Add(double held, double smoothed)
    {
        (HeldChange, TrainChange) = Count == 0 ? (0, 0) : (held - Held, smoothed - train);
        (Held, train) = (held, smoothed);
        Count++;
    }
}

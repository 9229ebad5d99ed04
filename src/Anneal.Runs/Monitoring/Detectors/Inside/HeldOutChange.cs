namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>Movement of a held-out loss and of the training loss between two evaluations, nats a token.</summary>
/// <param name="Held">Of the held-out loss.</param>
/// <param name="Train">Of the mean training loss before each.</param>
/// <param name="Error">Standard error of <paramref name="Train"/>.</param>
internal readonly record struct HeldOutChange(double Held, double Train, double Error)
{
    /// <summary>By how much the held-out loss fell more than training did. Text that became harder to train on justifies nothing.</summary>
    public double ExcessFall => Math.Min(Train, 0) - Held;

    /// <summary>By how much the held-out loss rose though training did not.</summary>
    public double ExcessRise => Held - Math.Max(Train, 0);
}

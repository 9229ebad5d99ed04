namespace Anneal.Runs.Monitoring;

/// <summary>Where a healthy step's loss should lie, by what the run has shown so far. Nats per token.</summary>
/// <param name="Expected">Centre.</param>
/// <param name="Low">Lower edge: one healthy step in a thousand lies below.</param>
/// <param name="High">Upper edge: one healthy step in a thousand lies above.</param>
public readonly record struct LossBand(double Expected, double Low, double High);

namespace Anneal.Engine.Optimizers;

/// <summary>Moment decays of Adam, written in YAML as a list of two.</summary>
/// <param name="First">Decay of the mean, 0 to 1.</param>
/// <param name="Second">Decay of the mean square, 0 to 1.</param>
public sealed record Betas(double First, double Second);

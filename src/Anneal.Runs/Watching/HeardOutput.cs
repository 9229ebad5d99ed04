using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>What a line says about the run: a training step, or a measurement that came without one.</summary>
public abstract record HeardOutput;

/// <summary>A training step.</summary>
/// <param name="Metrics">What is known of it.</param>
public sealed record HeardStep(StepMetrics Metrics) : HeardOutput;

/// <summary>A measurement without a training step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Numbers">By full name: <c>val/loss</c>.</param>
public sealed record HeardMeasurement(int Step, IReadOnlyDictionary<string, double> Numbers) : HeardOutput;

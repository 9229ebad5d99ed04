namespace Anneal.Lab.Ledger;

/// <summary>A screening rung of an experiment.</summary>
/// <param name="Fraction">Of the full budget.</param>
/// <param name="Control">Champion's objective at the rung; null if it failed.</param>
/// <param name="Treatment">Changed recipe's objective; null if it failed.</param>
/// <param name="Extrapolated">Effect expected at the full budget.</param>
/// <param name="ExtrapolatedSd">Its standard deviation.</param>
/// <param name="Decision"><c>promote</c>, <c>next</c> or <c>stop</c>.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record ScreenRecord(double Fraction, double? Control, double? Treatment, double Extrapolated, double ExtrapolatedSd, string Decision, string Reason);

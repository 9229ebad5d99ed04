namespace Anneal.Lab.Ledger;

/// <summary>A point of a learning curve.</summary>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Loss">Mean train loss in the bin, nats a token.</param>
public readonly record struct CurvePoint(long Tokens, double Loss);

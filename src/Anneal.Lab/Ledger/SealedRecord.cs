namespace Anneal.Lab.Ledger;

/// <summary>The single opening of the sealed split.</summary>
/// <param name="Metric">For example <c>test/bpb</c>.</param>
/// <param name="Pairs">Baseline (control) against champion (treatment).</param>
/// <param name="Effect">Mean of baseline minus champion.</param>
/// <param name="Low">Lower end of the 95% t-interval.</param>
/// <param name="High">Upper end.</param>
public sealed record SealedRecord(string Metric, IReadOnlyList<PairRecord> Pairs, double Effect, double Low, double High);

namespace Anneal.Lab.Ledger;

/// <summary>A verdict of another study in the lab, as later studies may know it: measured on validation text, never the sealed result.</summary>
/// <param name="Study">Its name.</param>
/// <param name="Corpus">Its corpus.</param>
/// <param name="Experiment">Number there.</param>
/// <param name="Verdict">Snake case.</param>
/// <param name="Effect">Mean effect; null where nothing was measured.</param>
/// <param name="Low">Lower end of the 95% interval; null without pairs.</param>
/// <param name="High">Upper end.</param>
/// <param name="Change">Recipe keys and values.</param>
/// <param name="Hypothesis">What was claimed.</param>
public sealed record EarlierFinding(string Study, string Corpus, int Experiment, string Verdict, double? Effect, double? Low, double? High, IReadOnlyDictionary<string, string> Change, string Hypothesis);

using Anneal.Lab.Code;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Research;

/// <summary>A short run that a researcher asks for before it proposes.</summary>
/// <param name="Change">Recipe keys and values against the champion; none looks at the champion itself.</param>
/// <param name="Code">Source code that comes with the change, or null.</param>
/// <param name="Fraction">Of a full run; at most <see cref="FlopBudget.LongestDiagnosis"/>.</param>
public sealed record DiagnosisOrder(IReadOnlyDictionary<string, string> Change, ProposedCode? Code, double Fraction);

/// <summary>What a diagnosis showed. It is no evidence: one seed, a short run, and the researcher chose to look.</summary>
/// <param name="Run">The run; null where it was refused.</param>
/// <param name="Refusal">Why not, in a sentence; null where it was made.</param>
/// <param name="Blocks">Norms, activations and the like of the last step that told them, by name (<c>train/grad_norm/block0</c>).</param>
/// <param name="Left">Diagnoses left before this proposal.</param>
public sealed record Diagnosis(RunRecord? Run, string? Refusal, IReadOnlyDictionary<string, double> Blocks, int Left);

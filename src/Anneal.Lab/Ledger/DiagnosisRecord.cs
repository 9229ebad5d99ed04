namespace Anneal.Lab.Ledger;

/// <summary>A language model's second opinion on an incident, given after the fact. Nothing was done because of it.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Step">Step of the incident.</param>
/// <param name="Detector">Who had seen it.</param>
/// <param name="Source">Model that said so, as it names itself.</param>
/// <param name="Cause">One of optimizer, data, numerics, model, infrastructure, schedule, evaluation.</param>
/// <param name="Confidence">In the cause, 0 to 1, as the model claims.</param>
/// <param name="Action">What it would do: <c>scale_lr 0.5</c>; null for nothing.</param>
/// <param name="Explanation">In its words; foreign text.</param>
/// <param name="Taken">What the policy made of the advice: <c>noted: ...</c> or <c>refused: ...</c>.</param>
public sealed record DiagnosisRecord(string Run, int Step, string Detector, string Source, string Cause, double Confidence, string? Action, string Explanation, string Taken);

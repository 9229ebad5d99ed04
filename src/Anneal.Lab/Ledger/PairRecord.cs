namespace Anneal.Lab.Ledger;

/// <summary>A confirmation (or null, or sealed) pair.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Control">Objective of the control.</param>
/// <param name="Treatment">Objective of the treatment.</param>
/// <param name="ControlRun">Run id.</param>
/// <param name="TreatmentRun">Run id.</param>
public sealed record PairRecord(int Index, double Control, double Treatment, string ControlRun, string TreatmentRun)
{
    /// <summary>Control minus treatment: positive is better.</summary>
    public double Difference => Control - Treatment;
}

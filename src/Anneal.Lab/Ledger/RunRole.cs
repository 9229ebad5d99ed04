namespace Anneal.Lab.Ledger;

/// <summary>Why a run was made.</summary>
public enum RunRole
{
    /// <summary>Baseline seed, first arm of a null pair.</summary>
    Baseline,

    /// <summary>Second arm of a null pair: another initialisation.</summary>
    Null,

    /// <summary>Second arm of a nudge pair: learning rate times 1.0001.</summary>
    Nudge,

    /// <summary>Screening, champion.</summary>
    ScreenControl,

    /// <summary>Screening, change.</summary>
    Screen,

    /// <summary>Confirmation, champion re-measured.</summary>
    Control,

    /// <summary>Confirmation, change.</summary>
    Treatment,

    /// <summary>Sealed comparison, baseline.</summary>
    SealedBaseline,

    /// <summary>Sealed comparison, champion.</summary>
    SealedChampion,

    /// <summary>A short look that a researcher asked for before it proposed; never evidence.</summary>
    Diagnosis,
}

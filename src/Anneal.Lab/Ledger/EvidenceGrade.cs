namespace Anneal.Lab.Ledger;

/// <summary>Who measured what a verdict rests on.</summary>
public enum EvidenceGrade
{
    /// <summary>The lab's own evaluator.</summary>
    Measured,

    /// <summary>The subject, by printing a number that the lab can only read: never more than suggestive.</summary>
    SelfReported,
}

namespace Anneal.Lab.Evidence;

/// <summary>Grade of an experiment; immutable once given.</summary>
public enum Verdict
{
    /// <summary>Worse, or stopped as hopeless.</summary>
    Rejected,

    /// <summary>Pairs ran out before the evidence decided.</summary>
    Inconclusive,

    /// <summary>Looks better, short of the campaign's bar; not adopted.</summary>
    Suggestive,

    /// <summary>Passed the gate; adopted.</summary>
    Confirmed,

    /// <summary>No fair measurement was possible (failed runs, impossible shapes).</summary>
    Invalid,
}

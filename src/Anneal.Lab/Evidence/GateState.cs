namespace Anneal.Lab.Evidence;

/// <summary>What the gate says after a confirmation pair.</summary>
public enum GateDecision
{
    /// <summary>Make another pair.</summary>
    Continue,

    /// <summary>Passed: adopt the change.</summary>
    Confirm,

    /// <summary>Looks better, short of the bar, and no further pair is due.</summary>
    Suggestive,

    /// <summary>Worse, or too small to matter.</summary>
    Reject,

    /// <summary>No further pair is due and the evidence decides nothing.</summary>
    Inconclusive,
}

/// <summary>State of the acceptance gate over the pairs so far.</summary>
public sealed record GateState
{
    /// <summary>What to do.</summary>
    public required GateDecision Decision { get; init; }

    /// <summary>Largest e-value so far.</summary>
    public required double EValue { get; init; }

    /// <summary>E-value that acceptance needs.</summary>
    public required double Bar { get; init; }

    /// <summary>Mean difference, control minus treatment; positive is better. 0 without pairs.</summary>
    public required double Effect { get; init; }

    /// <summary>Lower end of the 95% confidence sequence; -infinity while unbounded.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of the 95% confidence sequence; +infinity while unbounded.</summary>
    public required double High { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The confidence sequence, or null while it is unbounded (fewer than three pairs).</summary>
    public (double Low, double High)? Interval => double.IsFinite(Low) && double.IsFinite(High) ? (Low, High) : null;

    /// <summary>The grade that a final decision gives.</summary>
    /// <exception cref="InvalidOperationException">While the decision is to continue.</exception>
    public Verdict Verdict => Decision switch
    {
        GateDecision.Confirm => Verdict.Confirmed,
        GateDecision.Suggestive => Verdict.Suggestive,
        GateDecision.Reject => Verdict.Rejected,
        GateDecision.Inconclusive => Verdict.Inconclusive,
        _ => throw new InvalidOperationException("The gate asks for another pair; there is no verdict yet."),
    };
}

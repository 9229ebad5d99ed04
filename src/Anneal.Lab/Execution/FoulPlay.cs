using Anneal.Lab.Ledger;

namespace Anneal.Lab.Execution;

/// <summary>A rule that a run with a proposal's code broke: it has no value, whatever it measured.</summary>
/// <param name="Rule">Snake case: <c>looks_ahead</c>, <c>unpaid_compute</c>; all are listed in docs/judge.md.</param>
/// <param name="Detail">A sentence with the numbers.</param>
public sealed record FoulPlay(string Rule, string Detail)
{
    // Incidents of the judge carry their rule in the detector's name, so that a resumed study finds it in the ledger.
    private const string Judge = "judge.";

    /// <summary>Name under which the incident is recorded.</summary>
    internal string Detector => Judge + Rule;

    /// <summary>What an incident says of foul play, or null.</summary>
    /// <param name="incident">As the ledger holds it.</param>
    public static FoulPlay? Of(IncidentRecord incident) =>
        incident.Detector.StartsWith(Judge, StringComparison.Ordinal) ? new(incident.Detector[Judge.Length..], incident.Message) : null;

    /// <summary>A name that a run gave to a detector of its own, which cannot be the judge's.</summary>
    internal static string Foreign(string detector) => detector.StartsWith(Judge, StringComparison.OrdinalIgnoreCase) ? "run." + detector : detector;
}

using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>Whether an intervention helped: the loss after it, held against the loss before the trouble; and what was seen must be gone where that can be told.</summary>
internal static class Probation
{
    private const int Lately = 16, Least = 4, Again = 4;
    private const double Nats = 0.15, Share = 0.03, Sigmas = 2, Halved = 0.5;

    /// <summary>What it failed for, at its end; null: it helped.</summary>
    /// <param name="on">The intervention, on probation.</param>
    /// <param name="losses">Of the branch that it is on.</param>
    /// <param name="repeats">1 for each step of that branch with the batch of the step before, 0 for another.</param>
    public static string? Judge(Intervention on, StepMemory losses, StepMemory repeats)
    {
        if (Shows(on, repeats) is { } symptom) return symptom;
        var (heard, broken) = losses.After(on.Step);
        if (2 * broken > heard) return $"the loss was not finite in {broken} of {heard} steps";
        if (on.Expected is not { } expected || losses.Level(Lately, after: on.Step, least: Least) is not { } now) return null;
        var allowed = expected + Math.Max(Sigmas * (on.Sigma ?? 0), Nats + Share * Math.Abs(expected));
        if (now.Level <= allowed) return null;
        // A smaller rate needs longer to undo what was done than a probation lasts.
        var still = on.Action != IncidentAction.Rewind && on.Level > expected && now.Level - expected <= Halved * (on.Level - expected);
        return still ? null : $"the loss is {now.Level:F2}, {expected:F2} was expected";
    }

    /// <summary>What is as it was before the intervention, known within a few steps; null for nothing. A loss that falls on one batch read for ever says nothing.</summary>
    public static string? Shows(Intervention on, StepMemory repeats) =>
        on.Incident.Detector == RepeatedBatchDetector.Stuck && repeats.Level(Again, after: on.Step, least: Again) is { Level: 1 } ? "the batch is still the same in each step" : null;
}

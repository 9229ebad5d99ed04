using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>Whether an intervention helped: the loss after it, held against the loss before the trouble.</summary>
internal static class Probation
{
    private const int Lately = 16, Least = 4;
    private const double Nats = 0.15, Share = 0.03, Sigmas = 2, Halved = 0.5;

    /// <summary>What it failed for, at its end; null: it helped.</summary>
    /// <param name="on">The intervention, on probation.</param>
    /// <param name="losses">Of the branch that it is on.</param>
    public static string? Judge(Intervention on, StepMemory losses)
    {
        var (heard, broken) = losses.After(on.Step);
        if (2 * broken > heard) return $"the loss was not finite in {broken} of {heard} steps";
        if (on.Expected is not { } expected || losses.Level(Lately, after: on.Step, least: Least) is not { } now) return null;
        var allowed = expected + Math.Max(Sigmas * (on.Sigma ?? 0), Nats + Share * Math.Abs(expected));
        if (now.Level <= allowed) return null;
        // A smaller rate needs longer to undo what was done than a probation lasts.
        var still = on.Action != IncidentAction.Rewind && on.Level > expected && now.Level - expected <= Halved * (on.Level - expected);
        return still ? null : $"the loss is {now.Level:F2}, {expected:F2} was expected";
    }
}

using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>What becomes of an advice.</summary>
/// <param name="Words"><c>taken: ...</c>, <c>noted: ...</c> or <c>refused: ...</c>.</param>
public sealed record AdviceOutcome(string Words)
{
    /// <summary>What will be done; null where nothing is.</summary>
    internal Remedy? Remedy { get; init; }

    internal static AdviceOutcome TooLate { get; } = new("noted: it came while something else was being done, which stands");
}

/// <summary>
/// Weighs a language model's advice: it may name the cause better and propose from the closed list, within the same bounds and
/// tries as the policy. It never stops or restarts a run, and never speaks over what was done.
/// </summary>
internal static class AdviceRule
{
    private const double LeastConfidence = 0.5;

    /// <summary>What becomes of it.</summary>
    /// <param name="advice">From a model; nothing in it is trusted.</param>
    /// <param name="incident">What it is about, with the action that was taken.</param>
    /// <param name="tries">Tries against its cause so far.</param>
    /// <param name="capabilities">Commands that the trainer understands; null: all.</param>
    public static AdviceOutcome Weigh(Advice advice, Incident incident, int tries, IReadOnlyCollection<string>? capabilities)
    {
        if (advice.Problem is { } problem) return new($"refused: {problem}");
        if (!(advice.Confidence >= LeastConfidence)) return new($"refused: confidence {advice.Confidence:F2} in the cause is below {LeastConfidence:F2}");
        if (advice.Action == IncidentAction.None) return new("noted: no action advised");
        if (advice.Action == incident.Action) return new($"noted: the policy had done so ({Advice.Snake(incident.Action)})");
        if (incident.Action == IncidentAction.Stop) return new($"refused: the policy had stopped the run at step {incident.Step}; nothing is left to act on");
        if (incident.Action != IncidentAction.None) return new($"noted: the policy's action was {Advice.Snake(incident.Action)}, and stands");
        if (advice.Action is IncidentAction.Stop or IncidentAction.Restart) return new($"refused: a {Advice.Snake(advice.Action)} is the policy's alone");
        if (incident.Severity != Severity.Act) return new("noted: a warning is not acted upon");
        if (tries >= Ladder.MostTries) return new($"refused: {tries} tries against this cause are made");
        var remedy = new Remedy(advice.Action)
        {
            Scale = advice.Action == IncidentAction.ScaleLr ? advice.Value!.Value : 1,
            ClipTo = advice.Action == IncidentAction.Clip ? advice.Value : null,
            Steps = advice.Action == IncidentAction.Skip ? (int)advice.Value!.Value : null,
        };
        if (!remedy.IsWithin(capabilities)) return new($"refused: this trainer cannot {Advice.Snake(advice.Action)} now");
        return new($"taken: {advice.Words}") { Remedy = remedy };
    }
}

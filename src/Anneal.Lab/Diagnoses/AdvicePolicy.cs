using Anneal.Lab.Ledger;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>
/// What becomes of a model's advice. The monitor beside the run acts alone and at once; a model is heard after the fact, so
/// that its advice is either noted, for people and for the researcher, or refused for a reason. It never moves a run.
/// </summary>
internal static class AdvicePolicy
{
    private const double LeastConfidence = 0.5;

    /// <summary>What the policy makes of it, as the ledger keeps it.</summary>
    /// <param name="advice">From the model, within bounds.</param>
    /// <param name="incident">What it is about.</param>
    public static string Judge(Advice advice, IncidentRecord incident)
    {
        if (advice.Action == IncidentAction.None) return "noted: no action advised";
        if (Advice.Snake(advice.Action) == incident.Action) return $"noted: the monitor had done so ({incident.Action})";
        if (advice.Confidence < LeastConfidence) return $"refused: confidence {advice.Confidence:F2} in the cause is below {LeastConfidence:F2}";
        return incident.Action == "stop"
            ? $"refused: the monitor had stopped the run at step {incident.Step}; nothing is left to act on"
            : $"noted: the monitor's action was {incident.Action}, and stands";
    }
}

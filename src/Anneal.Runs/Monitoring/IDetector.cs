using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>
/// Looks for one kind of trouble. It keeps its own history in fixed memory, treats a missing signal as no evidence, speaks
/// once an episode rather than once a step, and never throws.
/// </summary>
internal interface IDetector
{
    /// <summary>An incident that shows at this step, or null.</summary>
    Incident? Observe(StepMetrics metrics);
}

namespace Anneal.Runs.Monitoring;

/// <summary>
/// Looks for one kind of trouble. It keeps its own history in fixed memory, treats a missing signal as no evidence, learns
/// the run's own noise instead of asking for a threshold, speaks once an episode rather than once a step, and never throws.
/// </summary>
internal interface IDetector
{
    /// <summary>What shows at this moment, or null.</summary>
    /// <param name="vitals">The run as of now; the same object at every step.</param>
    Symptom? Observe(Vitals vitals);
}

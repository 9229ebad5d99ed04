namespace Anneal.Runs.Monitoring;

/// <summary>
/// Looks for one kind of trouble. It keeps its own history in fixed memory, treats a missing signal as no evidence, learns
/// the run's own noise instead of asking for a threshold, and never throws. A warning is spoken once an episode rather than once a
/// step; what it would act on it repeats while it lasts, if it can tell: episodes tell it once, the policy hears how long it lasts.
/// </summary>
internal interface IDetector
{
    /// <summary>What shows at this moment, or null.</summary>
    /// <param name="vitals">The run as of now; the same object at every step.</param>
    Symptom? Observe(Vitals vitals);
}

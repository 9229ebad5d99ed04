using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Runs.Watching;

/// <summary>
/// Follows a run that another process trains and watches, by its folder, for those who look on: steps with the band in which
/// their loss was expected, incidents, what was done. It changes nothing there.
/// </summary>
/// <param name="run">The run's folder.</param>
/// <param name="events">Told what is new.</param>
public sealed class RunFollower(RunDirectory run, IProgress<WatchEvent> events)
{
    private readonly MetricsReader metrics = new(run.MetricsPath);
    private readonly Monitoring.Monitor band = new(new() { Policy = MonitorPolicy.Observe });
    // A run that goes back takes back what it had said; what it says again with the same loss was shown.
    private readonly StepOrder order = new();
    private int incidents, interventions, length;

    /// <summary>Looks for what is new; to be called a few times a second.</summary>
    /// <returns>The newest step; null where there is no new one.</returns>
    public StepMetrics? Look()
    {
        if (RunStatus.Load(run.StatusPath) is { Steps: > 0 and var steps } && steps != length) events.Report(new LengthKnown(length = steps));
        StepMetrics? last = null;
        foreach (var step in metrics.ReadNew())
        {
            last = step;
            order.Take(step, out var first, out var second);
            Show(first);
            Show(second);
        }
        foreach (var incident in New(Incident.ReadAll(run.IncidentsPath), ref incidents)) events.Report(new IncidentRaised(incident));
        foreach (var intervention in New(Intervention.ReadAll(run.InterventionsPath), ref interventions)) events.Report(InterventionTold.Of(intervention));
        return last;
    }

    private void Show(StepMetrics? step)
    {
        if (step is null) return;
        band.Observe(step);
        events.Report(new StepHeard(step, band.Band));
    }

    private static IEnumerable<T> New<T>(IReadOnlyList<T> all, ref int known)
    {
        var from = Math.Min(known, all.Count);
        known = all.Count;
        return all.Skip(from);
    }
}

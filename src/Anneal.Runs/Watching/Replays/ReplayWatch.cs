using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching.Replays;

/// <summary>Shows a monitor what was heard, in the order in which the run did it.</summary>
/// <param name="monitor">Fresh.</param>
/// <param name="tell">Told each incident as it arises.</param>
internal sealed class ReplayWatch(Monitoring.Monitor monitor, Action<Incident> tell)
{
    private readonly StepOrder order = new();
    private long steps, measurements, incidents;
    private int first;

    /// <summary>Takes in what a line told.</summary>
    public void Take(Heard heard)
    {
        if (heard.Step is { } step)
        {
            order.Take(step, out var one, out var other);
            if (one is not null) Observe(one);
            if (other is not null) Observe(other);
        }
        else if (heard.Numbers is { Count: > 0 } numbers)
        {
            measurements++;
            Tell(monitor.Measure(heard.At ?? Math.Max(0, order.Last), numbers));
        }
    }

    /// <summary>Adds to the report what was watched.</summary>
    public ReplayReport Complete(ReplayReport report) => report with
    {
        Steps = steps,
        Span = (first, Math.Max(0, order.Last)),
        Measurements = measurements,
        Incidents = incidents,
        Restarts = order.Restarts,
        Duplicates = order.Duplicates,
        Late = order.Late,
        Gaps = order.Gaps,
    };

    private void Observe(StepMetrics step)
    {
        if (steps++ == 0) first = step.Step;
        Tell(monitor.Observe(step));
    }

    private void Tell(IReadOnlyList<Incident> found)
    {
        foreach (var incident in found)
        {
            incidents++;
            tell(incident);
        }
    }
}

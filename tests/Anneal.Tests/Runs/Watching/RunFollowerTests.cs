using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;
using Anneal.Tests.Runs.Monitoring;

namespace Anneal.Tests.Runs.Watching;

public sealed class RunFollowerTests : IDisposable, IProgress<WatchEvent>
{
    private readonly RunDirectory run = new(Directory.CreateTempSubdirectory("anneal-follow-").FullName);
    private readonly List<WatchEvent> events = [];

    public void Dispose() => Directory.Delete(run.Root, recursive: true);

    void IProgress<WatchEvent>.Report(WatchEvent value) => events.Add(value);

    [Fact]
    public void What_a_run_says_is_told_once_and_in_order()
    {
        var follower = new RunFollower(run, this);
        follower.Look().ShouldBeNull();
        var steps = new SyntheticRun(1, 200, 0.02).Stream().ToList();
        Write(steps[..150]);
        new Incident { Step = 90, Severity = Severity.Warn, Detector = "spike", Cause = Cause.Data, Message = "m" }.AppendTo(run.IncidentsPath);
        new RunStatus { State = RunState.Running, Steps = 200 }.Save(run.StatusPath);

        follower.Look()!.Step.ShouldBe(150);
        follower.Look().ShouldBeNull();

        events.OfType<LengthKnown>().Single().Steps.ShouldBe(200);
        events.OfType<StepHeard>().Select(heard => heard.Metrics.Step).ShouldBe(Enumerable.Range(1, 150));
        events.OfType<StepHeard>().Last().Band.ShouldNotBeNull().High.ShouldBeGreaterThan(2);
        events.OfType<IncidentRaised>().Single().Incident.Step.ShouldBe(90);
    }

    [Fact]
    public void A_run_that_goes_back_is_shown_from_there_on_and_not_from_its_start()
    {
        var follower = new RunFollower(run, this);
        var steps = new SyntheticRun(1, 100, 0.02).Stream().ToList();
        Write(steps);
        follower.Look();
        run.TakeBackAfter(60);
        Write(steps[60..80].Select(step => step with { Loss = step.Loss + 0.01 }));
        events.Clear();

        follower.Look();

        events.OfType<StepHeard>().Select(heard => heard.Metrics.Step).ShouldBe(Enumerable.Range(61, 20));
    }

    private void Write(IEnumerable<StepMetrics> steps)
    {
        using var writer = new MetricsWriter(run.MetricsPath);
        foreach (var step in steps) writer.Write(step);
    }
}

using System.Text;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Tests.Runs.Watching;

public class TrainerOutputTests
{
    private static List<StepMetrics> Hear(params string[] lines)
    {
        var output = new TrainerOutput();
        return [.. lines.Select(line => output.Hear(MetricLine.Parse(line), 1)).OfType<HeardStep>().Select(heard => heard.Metrics)];
    }

    [Fact]
    public void Steps_from_zero_are_counted_from_one_and_the_aliases_understood()
    {
        var steps = Hear("step 0 | loss: 4.5 | lr: 0.1 | norm: 2 | tok/sec: 1,000", "step 1 | loss: 4.25");
        steps.Select(step => (step.Step, step.Loss)).ShouldBe([(1, 4.5), (2, 4.25)]);
        (steps[0].LearningRate, steps[0].GradNorm, steps[0].TokensPerSecond).ShouldBe((0.1, 2, 1000));
    }

    [Fact]
    public void Loss_lines_without_a_step_are_counted_and_repeated_steps_are_heard_once() =>
        Hear("{'loss': 3}", "{'loss': 2}", "eval done", "step=2 loss=9", "step=5 loss=1", "step=4 loss=1").Select(step => step.Step).ShouldBe([1, 2, 5]);

    [Fact]
    public void A_step_that_cannot_be_is_no_step() => Hear("step=1e30 loss=1", "step=-4 loss=1", "step=0.5 loss=1", "step=NaN loss=1").ShouldBeEmpty();

    [Fact]
    public void Lines_are_cut_at_carriage_returns_and_at_a_length()
    {
        var splitter = new LineSplitter(8);
        splitter.Add("one\rtwo\r\nthr"u8).ShouldBe(["one", "two"]);
        splitter.Add(Encoding.UTF8.GetBytes($"ee{new string('x', 100)}\n4")).ShouldBe(["threexxx"]);
        splitter.Take().ShouldBe("4");
        splitter.Take().ShouldBeNull();
    }

    [Fact]
    public void The_monitor_hears_a_trainer_that_prints_not_a_number()
    {
        var folder = Directory.CreateTempSubdirectory("anneal-watch-");
        try
        {
            var run = new RunDirectory(folder.FullName);
            using (var watch = new TrainerWatch(run, new MonitorOptions { Policy = MonitorPolicy.Stop }))
                Enumerable.Range(1, 4).SelectMany(i => watch.Hear(MetricLine.Parse($"step={i} loss=nan"), i)).ToList().ShouldContain(incident => incident.Action == IncidentAction.Stop);
            MetricsReader.ReadAll(run.MetricsPath).Count.ShouldBe(4);
            Incident.ReadAll(run.IncidentsPath).ShouldContain(incident => incident.Detector == "non_finite");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

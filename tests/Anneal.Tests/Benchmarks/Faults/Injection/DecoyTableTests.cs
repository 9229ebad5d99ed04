using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Injection;

public class DecoyTableTests(TinyFaults tiny) : IClassFixture<TinyFaults>
{
    [Fact]
    public void Rates_follow_the_schedule_that_a_decoy_claims()
    {
        Train("long_warmup")[TinyFaults.Steps / 8].LearningRate!.Value.ShouldBe(0.5 * Lr, 0.05 * Lr);
        var restarted = Train("cosine_restart");
        (restarted[TinyFaults.Steps / 2].LearningRate / restarted[TinyFaults.Steps / 2 - 1].LearningRate).ShouldNotBeNull().ShouldBeGreaterThan(10);
        var stable = Train("wsd_decay");
        stable[TinyFaults.Steps * 6 / 10].LearningRate.ShouldBe(Lr);
        stable[^1].LearningRate!.Value.ShouldBe(0.1 * Lr, 1e-9);
        Train("small_rate").Max(line => line.LearningRate).ShouldBe(0.2 * Lr);
        Train("large_rate").Max(line => line.LearningRate).ShouldBe(2 * Lr);
    }

    [Fact]
    public void Batches_and_contexts_grow_without_a_break_in_learning()
    {
        var tokens = Train("batch_ramp").Select(line => line.Tokens!.Value).ToList();
        tokens.Zip(tokens.Skip(1), (a, b) => b - a).Distinct().ShouldBe([64, 128, 256]);
        var longer = Train("context_ramp");
        longer.Count.ShouldBe(TinyFaults.Steps);
        longer[^1].Loss.ShouldBeLessThan(longer[0].Loss - 0.5);
        Train("small_batch")[0].TokensPerSecond!.Value.ShouldBeLessThan(tiny.Clean[0].TokensPerSecond!.Value / 2);
    }

    [Fact]
    public void Text_changes_where_a_decoy_says_so()
    {
        var shifted = Train("domain_shift");
        var border = (int)(0.45 * TinyFaults.Steps);
        (shifted.Skip(border + 1).Take(10).Average(line => line.Loss) - shifted.Take(border).TakeLast(10).Average(line => line.Loss)).ShouldBeGreaterThan(0.2);
        Train("plateau")[^1].Extra.Keys.ShouldNotContain("val/loss");
        var spike = Train("spike_that_recovers");
        var at = (int)(0.35 * TinyFaults.Steps);
        spike[at].Loss.ShouldBeGreaterThan(tiny.Clean[at].Loss + 0.5);
        Math.Abs(spike[^1].Loss - tiny.Clean[^1].Loss).ShouldBeLessThan(0.3);
        Train("mixture_anneal").ShouldAllBe(line => double.IsFinite(line.Loss));
        Train("heavy_tails").ShouldAllBe(line => double.IsFinite(line.Loss));
    }

    [Fact]
    public void The_machine_alone_differs_where_a_decoy_is_about_it()
    {
        foreach (var name in (string[])["pauses", "first_step_compile"])
        {
            var lines = Train(name);
            lines.Select(line => line.Loss).ShouldBe(tiny.Clean.Select(line => line.Loss));
            lines[^1].Time!.Value.ShouldBeGreaterThan(tiny.Clean[^1].Time!.Value + 20);
        }
        var resumed = Train("resume");
        resumed.Count.ShouldBe(TinyFaults.Steps + 15);
        resumed.GroupBy(line => line.Step).ShouldAllBe(same => same.Select(line => line.Loss).Distinct().Count() == 1);
    }

    private static double Lr => TinyFaults.Scale.Options.Optimizer.Lr;

    private IReadOnlyList<StepMetrics> Train(string name)
    {
        var decoy = DecoyTable.All.Single(d => d.Name == name);
        return tiny.Train(decoy.Injection, 1 + (int)(decoy.From * TinyFaults.Steps), TinyFaults.Steps);
    }
}

using Anneal.Runs.Monitoring.Detectors;
using Anneal.Runs.Protocol;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

public class HealthyRunTests
{
    /// <summary>What a healthy run may do, as a change of its steps.</summary>
    private static readonly Dictionary<string, Func<StepMetrics, Dictionary<string, double>, StepMetrics>> decoys = new()
    {
        ["plain"] = (m, _) => m,
        ["batch_ramp"] = (m, _) => m with
        {
            Tokens = m.Step < 300 ? m.Step * 4096L : (300 * 4096L) + ((m.Step - 300) * 16384L),
            StepSeconds = m.StepSeconds * (m.Step < 300 ? 1 : 4),
            TokensPerSecond = m.TokensPerSecond * (m.Step < 300 ? 1 : 1.1),
            GradNorm = m.GradNorm * (m.Step < 300 ? 1 : 0.5),
        },
        ["cosine_restart"] = (m, _) => Rate(m, 300 <= m.Step ? 3e-3 * (0.51 + (0.49 * Math.Cos(Math.PI * (m.Step - 300) / 300))) : 3e-3 * (0.51 + (0.49 * Math.Cos(Math.PI * m.Step / 300)))),
        ["domain_shift"] = (m, e) => Held(m with { Loss = m.Loss + (m.Step < 300 ? 0 : 0.4), TokenEntropy = m.TokenEntropy + (m.Step < 300 ? 0 : 0.12), GradNorm = m.GradNorm * (m.Step < 300 ? 1 : 1.3), Clipped = m.GradNorm * (m.Step < 300 ? 1 : 1.3) > 1 }, e, m.Step < 300 ? 0 : 0.1),
        ["mixture_anneal"] = (m, _) => m with { TokenEntropy = m.TokenEntropy - (0.3 * m.Step / 600), Loss = m.Loss - (0.4 * m.Step / 600) },
        ["self_recovering_spike"] = (m, _) => m with { GradNorm = m.GradNorm * (m.Step is 300 or 301 ? 12 : 1), Loss = m.Loss + (m.Step is >= 300 and < 306 ? 1 : 0), Clipped = m.Clipped == true || m.Step is 300 or 301 },
        ["pauses"] = (m, _) => m with { StepSeconds = m.Step % 40 == 0 ? 6 : m.StepSeconds, TokensPerSecond = m.Step % 40 == 0 ? 4096 / 6.0 : m.TokensPerSecond, Time = m.Time + (m.Step / 40 * 6) },
        ["resume_after_a_pause"] = (m, _) => m with { Time = m.Time + (m.Step < 300 ? 0 : 900) },
        ["next_epoch"] = (m, _) => m with { BatchHash = $"{(m.Step - 1) % 250:x16}", RepeatFraction = m.Step > 250 ? 1 : 0 },
        ["sampling_with_replacement"] = (m, _) => m with { RepeatFraction = 1 - Math.Exp(-m.Step / 400.0) },
        ["one_batch_by_habit"] = (m, _) => m with { BatchHash = "00000000000000aa", RepeatFraction = m.Step > 1 ? 1 : 0 },
        ["odd_batches_now_and_then"] = (m, _) => m with { TokenEntropy = m.Step % 37 == 0 ? 4.4 : m.TokenEntropy },
        ["clock_set_back"] = (m, _) => m with { Time = m.Time - (m.Step < 300 ? 0 : 3600) },
        ["always_clipped"] = (m, _) => m with { Clipped = true },
        ["expert_without_tokens"] = (m, e) => Block(m, e, "train/grad_norm/block.1", v => m.Step % 30 == 0 ? 0 : v),
        ["frozen_from_the_start"] = (m, e) => Block(Block(m, e, "train/grad_norm/embed", _ => 0), e, "train/param_norm/embed", _ => 18),
        ["memorises_its_text"] = (m, e) => Held(m, e, 1.5 * m.Step / 600),
        ["constant_rate"] = (m, _) => Rate(m, 1e-3),
    };

    public static TheoryData<string> Names { get; } = [.. decoys.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_healthy_run_is_left_in_peace(string name)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            // Other text is other text: worth a word, and no more.
            var seen = InsideWatch.Watch(new HealthyRun(seed) { Alter = decoys[name] }.Stream()).Where(i => name != "domain_shift" || i.Detector != "text_drift" || i.Severity > Severity.Warn);
            seen.Select(i => $"{i.Step} {i.Message}").ShouldBeEmpty($"{name}, seed {seed}");
        }
    }

    [Fact]
    public void A_run_that_says_little_is_left_in_peace()
    {
        var sparse = new HealthyRun(1).Stream().Select(m => new StepMetrics { Step = m.Step, Loss = m.Loss, GradNorm = m.GradNorm, LearningRate = m.LearningRate, Time = m.Time });
        InsideWatch.Watch(sparse).ShouldBeEmpty();
        InsideWatch.Watch(sparse.Select(m => new StepMetrics { Step = m.Step, Loss = m.Loss })).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_is_logged_at_every_tenth_step_is_left_in_peace() =>
        InsideWatch.Watch(new HealthyRun(2, 3000).Stream().Where(m => m.Step % 10 == 0)).Select(i => i.Message).ShouldBeEmpty();

    [Fact]
    public void A_run_that_does_some_steps_anew_after_a_resume_is_left_in_peace()
    {
        var run = new HealthyRun(3).Stream().ToList();
        InsideWatch.Watch([.. run[..340], .. run[300..]]).Select(i => i.Message).ShouldBeEmpty();
    }

    [Fact]
    public void A_healthy_step_allocates_nothing()
    {
        var run = new HealthyRun(4).Stream().ToArray();
        var monitor = new Monitor(new(), [.. DetectorSet.OfTheInside()]);
        foreach (var metrics in run.AsSpan(0, 300)) monitor.Observe(metrics);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var metrics in run.AsSpan(300)) monitor.Observe(metrics);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1024);
    }

    private static StepMetrics Rate(StepMetrics m, double rate) => m with { UpdateNorm = m.UpdateNorm * rate / m.LearningRate, LearningRate = rate };

    private static StepMetrics Held(StepMetrics m, Dictionary<string, double> extra, double more)
    {
        foreach (var name in extra.Keys.Where(k => k.StartsWith("val/", StringComparison.Ordinal)).ToList()) extra[name] += more;
        return m;
    }

    private static StepMetrics Block(StepMetrics m, Dictionary<string, double> extra, string name, Func<double, double> value)
    {
        if (extra.TryGetValue(name, out var was)) extra[name] = value(was);
        return m;
    }
}

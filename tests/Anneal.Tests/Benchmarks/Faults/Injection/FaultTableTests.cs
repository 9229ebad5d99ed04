using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Injection;

public class FaultTableTests(TinyFaults tiny) : IClassFixture<TinyFaults>
{
    private const int After = 16;

    // What a fault claims, seen between its run and the clean one at the same step; the number is steps since the injection.
    private static readonly Dictionary<string, Func<StepMetrics, StepMetrics, int, bool>> signatures = new()
    {
        ["lr_spike"] = (clean, sick, _) => Ratio(sick.LearningRate, clean.LearningRate, 10),
        ["lr_runaway"] = (clean, sick, since) => Ratio(sick.LearningRate, clean.LearningRate, Math.Pow(1.01, since + 1)),
        ["lr_zero"] = (_, sick, _) => sick is { LearningRate: 0, UpdateNorm: 0 },
        ["warmup_omitted"] = (_, sick, _) => sick.LearningRate > 2.9 * TinyFaults.Scale.Options.Optimizer.Lr,
        ["schedule_horizon"] = (clean, sick, since) => since < 8 || sick.LearningRate < 0.95 * clean.LearningRate,
        ["lr_reset_on_resume"] = (clean, sick, since) => since > 4 || sick.LearningRate < 0.6 * clean.LearningRate,
        ["nan_gradient"] = (_, sick, _) => sick.Nonfinite == true && double.IsNaN(sick.GradNorm!.Value) && double.IsFinite(sick.Loss),
        ["masked_nan"] = (_, sick, _) => double.IsFinite(sick.Loss) && sick is { UpdateNorm: 0, Nonfinite: null },
        ["gradient_blowup"] = (clean, sick, since) => since > 0 || Ratio(sick.GradNorm, clean.GradNorm, 100),
        ["silent_blowup"] = (clean, sick, since) => since > 0 || (sick.GradNorm > clean.GradNorm && sick.Loss == clean.Loss),
        ["bit_flip"] = (clean, sick, since) => since > 0 || sick.Nonfinite == true || Math.Abs(sick.Loss - clean.Loss) > 0.1,
        ["precision_loss"] = (clean, sick, since) => sick.Loss != clean.Loss && Math.Abs(sick.Loss - clean.Loss) < 0.5,
        ["clip_bypass"] = (clean, sick, _) => sick.Clipped == false && Ratio(sick.LearningRate, clean.LearningRate, 2),
        ["accumulation_sum"] = (clean, sick, since) => since > 0 || Ratio(sick.GradNorm, clean.GradNorm, 4),
        ["second_moment_corrupt"] = (clean, sick, since) => since > 0 || sick.UpdateNorm > 2 * clean.UpdateNorm,
        ["optimizer_lost_on_resume"] = (clean, sick, since) => since > 0 || (sick.GradNorm == clean.GradNorm && sick.UpdateNorm != clean.UpdateNorm && sick.Time > clean.Time + 40),
        ["slow_divergence"] = (clean, sick, _) => Ratio(sick.LearningRate, clean.LearningRate, 1.5),
        ["rate_too_small"] = (clean, sick, _) => Ratio(sick.LearningRate, clean.LearningRate, 0.05),
        ["decay_too_strong"] = (clean, sick, _) => sick.ParamNorm < clean.ParamNorm,
        ["frozen_block"] = (_, sick, _) => !sick.Extra.TryGetValue("train/grad_norm/block.1", out var norm) || norm == 0,
        ["dead_units"] = (clean, sick, _) => Signal(clean, sick, "model/zero_fraction/block.0", (before, now) => now > before + 0.1),
        ["attention_collapse"] = (clean, sick, _) => Signal(clean, sick, "model/max_attn_logit", (before, now) => now > 10 * before),
        ["output_collapse"] = (clean, sick, since) => since > 0 || (sick.Loss == clean.Loss && sick.GradNorm > clean.GradNorm),
        ["repeated_ngram"] = (clean, sick, _) => sick.BatchHash != clean.BatchHash,
        ["garbage"] = (clean, sick, _) => sick.BatchHash == clean.BatchHash || sick.TokenEntropy > clean.TokenEntropy,
        ["label_shift"] = (clean, sick, since) => sick.BatchHash == clean.BatchHash && (since > 0 || sick.Loss > clean.Loss),
        ["leak"] = (clean, sick, since) => sick.BatchHash == clean.BatchHash && (since > 0 || sick.Loss != clean.Loss),
        ["unshuffled"] = (clean, sick, _) => sick.BatchHash != clean.BatchHash,
        ["evaluation_contamination"] = (clean, sick, _) => sick.BatchHash != clean.BatchHash,
        ["straggler"] = (clean, sick, _) => Ratio(sick.StepSeconds, clean.StepSeconds, 1.5),
        ["straggler_slight"] = (clean, sick, _) => Ratio(sick.StepSeconds, clean.StepSeconds, 1.05),
        ["hang"] = (clean, sick, _) => sick.Time > clean.Time + 800,
        ["memory_leak"] = (clean, sick, since) => sick.RssMb is null || Math.Abs(sick.RssMb.Value - clean.RssMb!.Value - since - 1) < 0.1,
    };

    public static TheoryData<string> Names => [.. signatures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Before_its_injection_a_run_is_its_twin_bit_for_bit_and_after_it_the_fault_shows(string name)
    {
        var fault = FaultTable.All.Single(f => f.Name == name);
        var at = fault.FromStart ? 1 : TinyFaults.At;
        var sick = tiny.Train(fault.Injection, at, until: at + After);
        for (var i = 0; i < sick.Count; i++)
        {
            if (i + 1 < at) sick[i].ShouldBeSameStepAs(tiny.Clean[i]);
            else signatures[name](tiny.Clean[i], sick[i], i + 1 - at).ShouldBeTrue($"step {i + 1}, {i + 1 - at} after the injection: clean {tiny.Clean[i]}, faulted {sick[i]}");
        }
    }

    [Fact]
    public void A_repeated_batch_comes_again_and_an_epoch_that_is_reset_too()
    {
        var repeated = tiny.Train(FaultTable.All.Single(f => f.Name == "repeated_batch").Injection, TinyFaults.At, TinyFaults.At + 8);
        repeated.Skip(TinyFaults.At - 1).Select(line => line.BatchHash).Distinct().Count().ShouldBe(1);
        repeated.Take(TinyFaults.At).Select(line => line.BatchHash).Distinct().Count().ShouldBe(TinyFaults.At);

        var rewound = tiny.Train(FaultTable.All.Single(f => f.Name == "epoch_reset").Injection, TinyFaults.At, TinyFaults.At + 103);
        for (var step = TinyFaults.At; step < TinyFaults.At + 3; step++) rewound[step + 99].BatchHash.ShouldBe(rewound[step - 1].BatchHash);
    }

    [Fact]
    public void A_crash_loop_does_the_same_steps_again_and_never_gets_further()
    {
        var lines = tiny.Train(FaultTable.All.Single(f => f.Name == "crash_loop").Injection, TinyFaults.At, TinyFaults.Steps);
        lines.Count(line => line.Step == TinyFaults.At).ShouldBe(9);
        lines.Max(line => line.Step).ShouldBe(TinyFaults.At);
        lines.Zip(lines.Skip(1)).ShouldAllBe(pair => pair.Second.Time > pair.First.Time);
        lines.Where(line => line.Step == TinyFaults.At).Select(line => line.Loss).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Every_fault_of_the_list_is_there_and_eight_are_kept_unseen()
    {
        FaultTable.All.Select(fault => fault.Number).Distinct().Order().ShouldBe(Enumerable.Range(1, 32));
        FaultTable.All.Select(fault => fault.Name).ShouldBeUnique();
        FaultTable.All.Count(fault => fault.Unseen).ShouldBe(8);
        FaultTable.All.ShouldAllBe(fault => fault.Causes.Length > 0);
        FaultTable.All.Select(fault => fault.Name).Except(signatures.Keys).Order().ShouldBe(["crash_loop", "epoch_reset", "repeated_batch"]);
    }

    private static bool Ratio(double? now, double? before, double expected) => Math.Abs((now / before).GetValueOrDefault() / expected - 1) < 1e-3;

    private static bool Signal(StepMetrics clean, StepMetrics sick, string name, Func<double, double, bool> shows) =>
        !clean.Extra.TryGetValue(name, out var before) || shows(before, sick.Extra[name]);
}

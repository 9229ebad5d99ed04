using Anneal.Runs.Protocol;

namespace Anneal.Tests.Worker;

public class TrainingRunTests
{
    [Fact]
    public void A_run_trains_to_its_end_and_says_what_the_contract_promises()
    {
        using var lab = new TinyLab();
        var run = lab.Run("a", lab.Order());

        var (exitCode, errors) = TinyLab.RunToEnd("train", run.Root);

        exitCode.ShouldBe(0, errors);
        var steps = MetricsReader.ReadAll(run.MetricsPath);
        steps.Select(s => s.Step).ShouldBe(Enumerable.Range(1, 30));
        steps[^1].Loss.ShouldBeLessThan(steps[0].Loss - 0.5);
        steps[^1].Tokens.ShouldBe(30 * 128);
        steps.ShouldAllBe(s => s.GradNorm > 0 && s.UpdateNorm > 0 && s.ParamNorm > 0 && s.LearningRate > 0 && s.BatchHash!.Length == 16 && s.TokenEntropy > 0 && s.RepeatFraction >= 0 && s.StepSeconds > 0 && s.Nonfinite == false);
        steps[9].Extra.Keys.ShouldBe(["train/grad_norm/embedding", "train/grad_norm/block.0", "train/grad_norm/head", "train/param_norm/embedding", "train/param_norm/block.0", "train/param_norm/head", "model/act_rms/block.0", "model/zero_fraction/block.0", "model/max_attn_logit"], ignoreOrder: true);
        var status = RunStatus.Load(run.StatusPath)!;
        status.State.ShouldBe(RunState.Done);
        (status.Step, status.Steps, status.Tokens).ShouldBe((30, 30, 30L * 128));
        status.LastCheckpoint.ShouldBe("checkpoints/step-000030");
        Incident.ReadAll(run.IncidentsPath).ShouldBeEmpty();
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
    }
}

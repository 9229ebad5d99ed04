using Anneal.Runs.Protocol;

namespace Anneal.Tests.Worker;

public sealed class ControlsTests : IDisposable
{
    private readonly TinyLab lab = new();

    public void Dispose() => lab.Dispose();

    [Fact]
    public void Commands_change_the_run_at_their_step_and_are_answered_with_before_and_after()
    {
        var run = lab.Run("a", lab.Order());
        Send(run, ControlVerb.SetLrScale, 10, ("value", 0.5));
        Send(run, ControlVerb.SetClip, 10, ("value", 0.25));
        Send(run, ControlVerb.SkipSteps, 12, ("start", 15), ("stop", 18));
        Send(run, ControlVerb.Evaluate, 20);
        ControlInbox.Send(run, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Sample, Text = "the ", ApplyAtStep = 21, Args = new Dictionary<string, double> { ["tokens"] = 5 } });

        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);

        var steps = MetricsReader.ReadAll(run.MetricsPath);
        steps.Select(s => s.Step).ShouldBe([.. Enumerable.Range(1, 14), .. Enumerable.Range(18, 13)]);
        var plain = lab.Run("plain", lab.Order());
        TinyLab.RunToEnd("train", plain.Root).ExitCode.ShouldBe(0);
        var undisturbed = MetricsReader.ReadAll(plain.MetricsPath);
        steps[9].LearningRate.ShouldBe(undisturbed[9].LearningRate);
        steps[10].LearningRate!.Value.ShouldBe(undisturbed[10].LearningRate!.Value / 2, 1e-12);
        // A skipped step reads its batch, so that the data order stays the same.
        steps[14].BatchHash.ShouldBe(undisturbed[17].BatchHash);
        var acks = Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(a => a.Status == AcknowledgementStatus.Applied).ToList();
        acks.Select(a => (a.Command, a.Step)).ShouldBe([(ControlVerb.SetLrScale, 10), (ControlVerb.SetClip, 10), (ControlVerb.SkipSteps, 12), (ControlVerb.Evaluate, 20), (ControlVerb.Sample, 21)]);
        (acks[0].Before["value"], acks[0].After["value"]).ShouldBe((1, 0.5));
        (acks[1].Before["value"], acks[1].After["value"]).ShouldBe((1, 0.25));
        acks[3].Checkpoint.ShouldBe("checkpoints/step-000020");
        var sample = SampleRecord.ReadAll(run.SamplesPath).ShouldHaveSingleItem();
        (sample.Step, sample.Prompt).ShouldBe((21, "the "));
    }

    [Fact]
    public void Going_back_to_a_checkpoint_repeats_the_steps_since()
    {
        var run = lab.Run("a", lab.Order() with { CheckpointEvery = 10 });
        Send(run, ControlVerb.LoadCheckpoint, 25, ("step", 10));

        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);

        MetricsReader.ReadAll(run.MetricsPath).Select(s => s.Step).ShouldBe(Enumerable.Range(1, 30));
        var plain = lab.Run("plain", lab.Order() with { CheckpointEvery = 10 });
        TinyLab.RunToEnd("train", plain.Root).ExitCode.ShouldBe(0);
        string Model(RunDirectory of) => Path.Combine(new Checkpoints(of.CheckpointsPath).PathOf(30), "model.safetensors");
        File.ReadAllBytes(Model(run)).ShouldBe(File.ReadAllBytes(Model(plain)));
        var ack = Acknowledgement.ReadAll(run.AcknowledgementsPath).Single(a => a.Status == AcknowledgementStatus.Applied);
        (ack.Before["step"], ack.After["step"]).ShouldBe((25, 10));
    }

    [Fact]
    public void What_is_out_of_bounds_is_rejected_with_the_bounds()
    {
        var run = lab.Run("a", lab.Order());
        Send(run, ControlVerb.SetLrScale, 3, ("value", 11));
        Send(run, ControlVerb.SetClip, 3, ("value", double.NaN));
        Send(run, ControlVerb.SkipSteps, 3, ("start", 2), ("stop", 5));
        Send(run, ControlVerb.LoadCheckpoint, 3, ("step", 2));
        Send(run, ControlVerb.SetMixture, 3);
        Send(run, ControlVerb.SetLrScale, 3);

        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);

        Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(a => a.Status != AcknowledgementStatus.Accepted).Select(a => a.Reason).ShouldBe([
            "`value` is 11: expected a number from 0 to 10",
            "`value` is NaN: expected a number from 0 to 1000000",
            "`start` is 2: expected a number from 4 to 30",
            "there is no checkpoint of step 2; there are none",
            "this trainer draws its data order when the run begins; start a run with another data.mixture",
            "`value` is missing: expected a number from 0 to 10",
        ]);
        var plain = lab.Run("plain", lab.Order());
        TinyLab.RunToEnd("train", plain.Root).ExitCode.ShouldBe(0);
        MetricsReader.ReadAll(run.MetricsPath).Select(s => s.Loss).ShouldBe(MetricsReader.ReadAll(plain.MetricsPath).Select(s => s.Loss));
    }

    [Fact]
    public void A_paused_run_waits_and_a_stopped_one_goes_on_when_it_is_started_again()
    {
        var run = lab.Run("a", lab.Order());
        Send(run, ControlVerb.Pause, 5);
        using var process = TinyLab.Start("train", run.Root);
        while (RunStatus.Load(run.StatusPath)?.State != RunState.Paused) Thread.Sleep(5);
        RunStatus.Load(run.StatusPath)!.Step.ShouldBe(5);
        Send(run, ControlVerb.Stop, null);
        process.WaitForExit();

        process.ExitCode.ShouldBe(130);
        RunStatus.Load(run.StatusPath)!.State.ShouldBe(RunState.Stopped);
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        MetricsReader.ReadAll(run.MetricsPath).Select(s => s.Step).ShouldBe(Enumerable.Range(1, 30));
    }

    private static void Send(RunDirectory run, ControlVerb verb, int? step, params (string Name, double Value)[] args) => ControlInbox.Send(run, new()
    {
        Uuid = Guid.NewGuid(),
        Command = verb,
        ApplyAtStep = step,
        Args = args.ToDictionary(a => a.Name, a => a.Value),
    });
}

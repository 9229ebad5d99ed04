using System.Diagnostics;
using System.Runtime.InteropServices;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Worker;

public sealed partial class TrainingRunTests : IDisposable
{
    private readonly TinyLab lab = new();

    public void Dispose() => lab.Dispose();

    [Fact]
    public void A_run_trains_to_its_end_and_says_what_the_contract_promises()
    {
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
        status.Flops.ShouldBe(30 * RunLength.FlopsPerStep(TinyLab.Recipe, 257));
        status.LastCheckpoint.ShouldBe("checkpoints/step-000030");
        // Thirty steps are too few for a warmup, and the monitor says so.
        Incident.ReadAll(run.IncidentsPath).ShouldBeEmpty();
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_run_killed_again_and_again_ends_like_an_undisturbed_one_to_the_bit()
    {
        var order = lab.Order(Long(600)) with { CheckpointEvery = 50 };
        var undisturbed = lab.Run("undisturbed", order);
        TinyLab.RunToEnd("train", undisturbed.Root).ExitCode.ShouldBe(0);
        var killed = lab.Run("killed", order);
        foreach (var step in new[] { 20, 130, 290 })
        {
            using var process = StartAndPause(killed, step);
            ControlInbox.Send(killed, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Resume });
            // Anywhere within the next steps, which take about a millisecond each.
            Thread.Sleep(step % 7);
            process.Kill();
            process.WaitForExit();
            File.AppendAllText(killed.MetricsPath, "{\"step\":999,\"train/l");
        }

        TinyLab.RunToEnd("train", killed.Root).ExitCode.ShouldBe(0);

        ShouldBeSame(undisturbed, killed, 600);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void A_signal_saves_the_state_and_the_run_goes_on_from_it(int signal)
    {
        if (IsIgnored(signal)) Assert.Skip("this shell ignores the signal, as for its jobs in the background");
        var order = lab.Order(Long(600));
        var undisturbed = lab.Run("undisturbed", order);
        TinyLab.RunToEnd("train", undisturbed.Root).ExitCode.ShouldBe(0);
        var run = lab.Run("interrupted", order);
        using var process = StartAndPause(run, 40);

        Kill(process.Id, signal).ShouldBe(0);
        process.WaitForExit();

        process.ExitCode.ShouldBe(130);
        var status = RunStatus.Load(run.StatusPath)!;
        (status.State, status.Step).ShouldBe((RunState.Interrupted, 40));
        new Checkpoints(run.CheckpointsPath).Steps().ShouldBe([40]);
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        ShouldBeSame(undisturbed, run, 600);
    }

    [Fact]
    public void Under_a_lease_the_run_ends_with_its_parent()
    {
        var run = lab.Run("leased", lab.Order(Long(100_000)) with { Lease = true });
        using var process = TinyLab.Start("train", run.Root);
        WaitForStep(run, 5, process);

        process.StandardInput.Close();
        process.WaitForExit();

        process.ExitCode.ShouldBe(130);
        RunStatus.Load(run.StatusPath)!.Message.ShouldBe("the parent process is gone");
        Checkpoint.Describe(new Checkpoints(run.CheckpointsPath).Newest()!).Step.ShouldBe(RunStatus.Load(run.StatusPath)!.Step);
    }

    [Fact]
    public void The_monitor_stops_a_run_at_the_same_step_every_time_and_says_why()
    {
        var recipe = Long(600).With(["optimizer.lr=100", "optimizer.clip=0", "schedule.warmup=0"]);
        var stopped = new List<int>();
        foreach (var name in new[] { "a", "b" })
        {
            var run = lab.Run(name, lab.Order(recipe));
            TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(3);
            var incident = Incident.ReadAll(run.IncidentsPath)[^1];
            incident.Action.ShouldBe(IncidentAction.Stop);
            RunStatus.Load(run.StatusPath)!.State.ShouldBe(RunState.Failed);
            RunStatus.Load(run.StatusPath)!.Message.ShouldBe(incident.Message);
            stopped.Add(incident.Step);
            TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(3);
        }
        stopped[0].ShouldBe(stopped[1]);
        var observed = lab.Run("observed", lab.Order(recipe) with { Policy = MonitorPolicy.Observe });
        TinyLab.RunToEnd("train", observed.Root).ExitCode.ShouldBe(0);
        Incident.ReadAll(observed.IncidentsPath).ShouldContain(i => i.Severity == Severity.Act && i.Action == IncidentAction.None && i.Step == stopped[0]);
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_for_an_older_one()
    {
        var order = lab.Order() with { CheckpointEvery = 10, KeepCheckpoints = 3 };
        var run = lab.Run("a", order);
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        var checkpoints = new Checkpoints(run.CheckpointsPath);
        var expected = File.ReadAllBytes(Path.Combine(checkpoints.PathOf(30), "model.safetensors"));
        File.Delete(run.StatusPath);
        File.WriteAllText(Path.Combine(checkpoints.PathOf(30), "model.safetensors"), "torn");
        File.WriteAllText(Path.Combine(checkpoints.PathOf(20), "trainer.json"), "{");

        var (exitCode, errors) = TinyLab.RunToEnd("train", run.Root);

        exitCode.ShouldBe(0);
        errors.ShouldContain("step-000030: not usable, going back further");
        errors.ShouldContain("step-000020: not usable, going back further");
        File.ReadAllBytes(Path.Combine(checkpoints.PathOf(30), "model.safetensors")).ShouldBe(expected);
        MetricsReader.ReadAll(run.MetricsPath).Select(s => s.Step).ShouldBe(Enumerable.Range(1, 30));
    }

    [Fact]
    public void A_run_whose_only_checkpoint_is_half_damaged_starts_anew()
    {
        var run = lab.Run("a", lab.Order());
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        var checkpoint = new Checkpoints(run.CheckpointsPath).PathOf(30);
        var expected = File.ReadAllBytes(Path.Combine(checkpoint, "model.safetensors"));
        File.Delete(run.StatusPath);
        // The model is whole, and is read before the damage shows.
        File.WriteAllText(Path.Combine(checkpoint, "optimizer.safetensors"), "torn");

        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);

        File.ReadAllBytes(Path.Combine(checkpoint, "model.safetensors")).ShouldBe(expected);
        MetricsReader.ReadAll(run.MetricsPath).Select(s => s.Step).ShouldBe(Enumerable.Range(1, 30));
    }

    [Fact]
    public void A_budget_in_seconds_is_measured_and_kept()
    {
        var run = lab.Run("seconds", lab.Order(TinyLab.Recipe with { Budget = new() { Seconds = 0.5 } }) with { CheckpointEvery = 5 });

        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);

        var status = RunStatus.Load(run.StatusPath)!;
        status.Steps.ShouldBeGreaterThan(5);
        status.Step.ShouldBe(status.Steps);
    }

    [Fact]
    public void Bad_input_is_named_and_exits_with_2()
    {
        TinyLab.RunToEnd("train", Path.Combine(lab.Root, "none")).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("order.json"));
        TinyLab.RunToEnd("trian", "x").ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("did you mean `train`?"));
        var lost = lab.Run("lost", lab.Order() with { TrainDirectory = Path.Combine(lab.Root, "nowhere") });
        TinyLab.RunToEnd("train", lost.Root).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("train.bin"));
        var mixture = lab.Run("mixture", lab.Order(TinyLab.Recipe.With(["data.mixture.evn=2"])));
        TinyLab.RunToEnd("train", mixture.Root).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("did you mean `even`?"));
    }

    [Fact]
    public void A_shard_of_another_tokenizer_and_an_impossible_recipe_are_refused()
    {
        var tokens = lab.Run("tokens", lab.Order() with { Vocab = 200 });
        TinyLab.RunToEnd("train", tokens.Root).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("the vocabulary ends at 199"));
        var shape = lab.Run("shape", lab.Order(TinyLab.Recipe.With(["model.heads=3"])));
        TinyLab.RunToEnd("train", shape.Root).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("`model.width`: 16 does not split into 3 heads"));
    }

    [Fact]
    public void Two_processes_never_train_one_run()
    {
        var run = lab.Run("a", lab.Order());
        using (run.Claim()) TinyLab.RunToEnd("train", run.Root).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("is being trained by another process"));
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_only_whole_lines()
    {
        var run = lab.Run("full", lab.Order(Long(600)));
        var after = new RunDirectory(Path.Combine(lab.Root, "after"));
        // A disk of 96 KiB that only this shell sees: room for the start of the metrics, not for all.
        var script = $"mkdir '{lab.Root}/disk' && mount -t tmpfs -o size=96k tmpfs '{lab.Root}/disk' || exit 77; cp -r '{run.Root}/.' '{lab.Root}/disk'; dotnet '{Path.Combine(AppContext.BaseDirectory, "Anneal.Worker.dll")}' train '{lab.Root}/disk'; code=$?; cp -r '{lab.Root}/disk' '{after.Root}'; exit $code";
        using var process = StartOrNull("unshare", "--map-root-user", "--mount", "sh", "-c", script);
        if (process is null) Assert.Skip("needs unshare, to mount a small disk");
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode is 77 or 1) Assert.Skip($"may not mount a small disk here: {errors}");

        process.ExitCode.ShouldBe(2, errors);
        errors.ShouldContain("the disk or a pipe refused: No space left on device");
        File.ReadAllText(after.MetricsPath).ShouldEndWith("}\n");
        MetricsReader.ReadAll(after.MetricsPath).Count.ShouldBeGreaterThan(50);
        new Checkpoints(after.CheckpointsPath).Steps().ShouldBeEmpty();
        // With room again the run goes on.
        TinyLab.RunToEnd("train", after.Root).ExitCode.ShouldBe(0);
        MetricsReader.ReadAll(after.MetricsPath).Select(m => m.Step).ShouldBe(Enumerable.Range(1, 600));
    }

    private static Process? StartOrNull(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static Recipe Long(int steps) => TinyLab.Recipe with { Budget = new() { Tokens = 128L * steps } };

    private static Process StartAndPause(RunDirectory run, int step)
    {
        ControlInbox.Send(run, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Pause, ApplyAtStep = step });
        var process = TinyLab.Start("train", run.Root);
        var patience = Stopwatch.StartNew();
        while (RunStatus.Load(run.StatusPath) is not { State: RunState.Paused } status || status.Pid != process.Id)
        {
            process.HasExited.ShouldBeFalse("the run ended too early to disturb it");
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
            Thread.Sleep(2);
        }
        return process;
    }

    // Signals that this process ignores, and so its children: bit n - 1 of SigIgn.
    private static bool IsIgnored(int signal) =>
        OperatingSystem.IsLinux() && (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16) >> (signal - 1) & 1) == 1;

    private static void WaitForStep(RunDirectory run, int step, Process process)
    {
        var patience = Stopwatch.StartNew();
        while (!MetricsReader.ReadAll(run.MetricsPath).Any(s => s.Step >= step))
        {
            process.HasExited.ShouldBeFalse("the run ended too early to disturb it");
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
            Thread.Sleep(2);
        }
    }

    private static void ShouldBeSame(RunDirectory a, RunDirectory b, int step)
    {
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors", "trainer.json" })
            File.ReadAllBytes(Path.Combine(new Checkpoints(b.CheckpointsPath).PathOf(step), file))
                .ShouldBe(File.ReadAllBytes(Path.Combine(new Checkpoints(a.CheckpointsPath).PathOf(step), file)), file);
        Timeless(b).SequenceEqual(Timeless(a)).ShouldBeTrue("the metrics differ beyond their times");

        static IEnumerable<object> Timeless(RunDirectory of) => MetricsReader.ReadAll(of.MetricsPath)
            .Select(m => (object)(m.Step, m.Loss, m.Tokens, m.LearningRate, m.GradNorm, m.UpdateNorm, m.ParamNorm, (m.Clipped, m.BatchHash, m.RepeatFraction, m.TokenEntropy, string.Join(' ', m.Extra))));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Worker;

public sealed class RepairTests : IDisposable
{
    private const int Steps = 400, Broken = 200;
    private const double Rate = 0.005;

    private readonly TinyLab lab = new();

    public void Dispose() => lab.Dispose();

    [Fact]
    public void A_run_whose_rate_was_spoilt_is_repaired_and_ends_like_the_undisturbed_one()
    {
        var plain = Train("plain", spoilt: false);
        var run = Train("spoilt", spoilt: true);

        var lines = Intervention.ReadAll(run.InterventionsPath);
        lines[^1].State.ShouldBe(InterventionState.Kept);
        Incident.ReadAll(run.IncidentsPath).ShouldContain(i => i.Action == lines[0].Action && i.Step == lines[0].Step);
        FinalLoss(run).ShouldBe(FinalLoss(plain), 0.15);
        // The rate stood at ten times its schedule; the step before it is where it is put back to.
        MetricsReader.ReadAll(run.MetricsPath)[^1].LearningRate!.Value.ShouldBe(MetricsReader.ReadAll(plain.MetricsPath)[^1].LearningRate!.Value, 1e-5);
        MetricsReader.ReadAll(run.MetricsPath)[^1].Step.ShouldBe(Steps);
    }

    [Fact]
    public void A_repair_killed_at_any_moment_ends_like_one_that_was_not()
    {
        var whole = Train("whole", spoilt: true);
        var seen = Intervention.ReadAll(whole.InterventionsPath)[0].Step;
        var killed = lab.Run("killed", Order());
        Spoil(killed);
        for (var delay = 0; delay < 4; delay++)
        {
            using var process = TinyLab.Start("train", killed.Root);
            while (!process.HasExited && !File.Exists(killed.InterventionsPath) && (RunStatus.Load(killed.StatusPath)?.Step ?? 0) < seen - 60) Thread.Sleep(1);
            Thread.Sleep(delay * 5);
            process.Kill();
            process.WaitForExit();
        }

        TinyLab.RunToEnd("train", killed.Root).ExitCode.ShouldBe(0);

        Steady(killed).ShouldBe(Steady(whole));
        File.ReadAllText(killed.InterventionsPath).ShouldBe(File.ReadAllText(whole.InterventionsPath));
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors", "trainer.json" })
            File.ReadAllBytes(Path.Combine(new Checkpoints(killed.CheckpointsPath).PathOf(Steps), file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(new Checkpoints(whole.CheckpointsPath).PathOf(Steps), file))).ShouldBeTrue(file);
    }

    // What the machine was busy with is another matter each time.
    private static IEnumerable<string> Steady(RunDirectory run) => Incident.ReadAll(run.IncidentsPath).Where(i => i.Cause != Cause.Infrastructure).Select(i => $"{i.Step} {i.Severity} {i.Action} {i.Message}");

    private RunDirectory Train(string name, bool spoilt, MonitorPolicy policy = MonitorPolicy.Act)
    {
        var run = lab.Run(name, Order() with { Policy = policy });
        if (spoilt) Spoil(run);
        var (exitCode, errors) = TinyLab.RunToEnd("train", run.Root);
        exitCode.ShouldBe(0, errors);
        return run;
    }

    private RunOrder Order() => lab.Order(TinyLab.Recipe.With([$"budget.tokens={128 * Steps}", $"optimizer.lr={Rate}"])) with { CheckpointEvery = 25, Policy = MonitorPolicy.Act, BlockStatisticsEvery = 0 };

    private static void Spoil(RunDirectory run) => ControlInbox.Send(run, new()
    {
        Uuid = Guid.Parse("6f1c1e3e-0000-0000-0000-000000000001"),
        Command = ControlVerb.SetLrScale,
        ApplyAtStep = Broken,
        Args = new Dictionary<string, double> { ["value"] = 10 },
    });

    private static double FinalLoss(RunDirectory run) => MetricsReader.ReadAll(run.MetricsPath).TakeLast(40).Average(step => step.Loss);
}

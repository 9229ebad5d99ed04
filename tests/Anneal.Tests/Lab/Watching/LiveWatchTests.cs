using System.Diagnostics;
using Anneal.Lab.Watching;
using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;
using static Anneal.Tests.Lab.Watching.WatchedPython;

namespace Anneal.Tests.Lab.Watching;

/// <summary>Commands that crash, hang, disobey and leave things behind.</summary>
public sealed class LiveWatchTests : IDisposable
{
    private readonly WatchedPython place = new();

    public void Dispose() => place.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task A_crashed_command_is_started_again_until_it_ends_well()
    {
        var result = await place.WatchAsync(Shell($"cd {place.Folder.FullName}; echo x >> starts; n=$(wc -l < starts); echo \"step=$n loss=3\"; [ $n -ge 3 ] || exit 4"), job => job with { Restarts = 5 });
        (result.End, result.Attempts, result.ExitCode).ShouldBe((WatchEnd.Done, 3, 0));
        place.Output.ShouldBe("step=1 loss=3\nstep=2 loss=3\nstep=3 loss=3\n");
        MetricsReader.ReadAll(place.Run.MetricsPath).Select(step => step.Step).ShouldBe([1, 2, 3]);
        Incident.ReadAll(place.Run.IncidentsPath).Where(incident => incident.Detector == "exit").Select(incident => incident.Action).ShouldBe([IncidentAction.Restart, IncidentAction.Restart]);
        place.Events.OfType<CommandStarted>().Select(started => started.Attempt).ShouldBe([1, 2, 3]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("exit 0", 1, 0)]
    [InlineData("exit 17", 1, 17)]
    [InlineData("exit 16", 3, 16)]
    [InlineData("kill -9 $$", 3, 137)]
    public async Task Restarts_are_bounded_and_not_for_every_end(string script, int attempts, int code)
    {
        var result = await place.WatchAsync(Shell(script), job => job with { Restarts = 2 });
        (result.Attempts, result.ExitCode).ShouldBe((attempts, code));
    }

    [Fact]
    public void Waits_double_up_to_five_minutes_and_sixteen_waits_for_nothing()
    {
        var policy = new RestartPolicy(9, TimeSpan.FromSeconds(5));
        Enumerable.Range(1, 8).Select(quick => policy.Wait(0, quick, 1)!.Value.TotalSeconds).ShouldBe([5, 10, 20, 40, 80, 160, 300, 300]);
        policy.Wait(0, 3, ExitWords.ResumeToDisambiguate).ShouldBe(TimeSpan.Zero);
        policy.Wait(9, 1, 1).ShouldBeNull();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_crash_loop_is_an_incident()
    {
        await place.WatchAsync(Shell("echo step=7 loss=3; exit 1"), job => job with { Restarts = 4 });
        Incident.ReadAll(place.Run.IncidentsPath).ShouldContain(incident => incident.Detector == "crash_loop" && incident.Severity == Severity.Act);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_undeclared_command_that_is_lost_is_ended_with_all_that_it_started()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("looks for strays in /proc");
        var mark = $"stray{Guid.NewGuid():N}";
        // One child ignores the request, one has left its group and its session.
        var script = $"trap '' TERM; (setsid sh -c 'sleep 300 & echo {mark} > /dev/null; wait' &); i=0; while :; do i=$((i+1)); if [ $i -gt 40 ]; then echo step=$i loss=nan grad_norm=nan; else echo step=$i loss=3.$((i % 10)) grad_norm=1; fi; sleep 0.01; done";
        var result = await place.WatchAsync(Shell(script), job => job with { Policy = MonitorPolicy.Act, Grace = TimeSpan.FromSeconds(0.5) });
        (result.End, result.ExitCode, result.CommandExitCode).ShouldBe((WatchEnd.Stopped, 3, 137));
        Directory.GetDirectories("/proc").Select(folder => Path.Combine(folder, "cmdline")).Where(File.Exists).Any(file => Text(file).Contains(mark, StringComparison.Ordinal)).ShouldBeFalse();
        result.Message!.ShouldContain("ended at step");

        static string Text(string path)
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Observing_ends_nothing()
    {
        var result = await place.WatchAsync(Shell("i=0; while [ $i -lt 80 ]; do i=$((i+1)); if [ $i -gt 40 ]; then echo step=$i loss=nan; else echo step=$i loss=3.$((i % 10)); fi; done"));
        (result.End, result.Step).ShouldBe((WatchEnd.Done, 80));
        result.Incidents.ShouldContain(incident => incident.Severity == Severity.Act);
        result.Incidents.ShouldAllBe(incident => incident.Action == IncidentAction.None);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reader_that_goes_away_ends_the_command_as_without_a_watch()
    {
        var job = new WatchJob { Command = Shell("while :; do echo step=1 loss=3; done"), Directory = place.Run.Root };
        var result = await job.RunAsync(new Broken(), new MemoryStream());
        result.CommandExitCode.ShouldBe(141);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_folder_in_use_is_refused_and_one_that_was_left_half_written_goes_on()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("names a process by /proc");
        Directory.CreateDirectory(place.Run.Root);
        File.WriteAllText(place.Run.MetricsPath, "{\"step\":1,\"train/loss\":3}\n{\"step\":2,\"train/lo");
        File.WriteAllText(place.In("run/command.json"), "{\"command\": [\"x\"");
        (await place.WatchAsync(Shell("echo step=3 loss=2"))).End.ShouldBe(WatchEnd.Done);
        MetricsReader.ReadAll(place.Run.MetricsPath).Select(step => step.Step).ShouldBe([1, 3]);

        using var left = Process.Start("sleep", ["60"]);
        var identity = Anneal.Lab.Execution.ProcessIdentity.Find(left.Id)!.Value;
        new CommandRecord { Attempts = [new(identity.Pid, identity.Start, DateTime.UtcNow)] }.Save(place.In("run/command.json"));
        var refused = await Should.ThrowAsync<InputException>(() => place.WatchAsync(Shell("echo no")));
        refused.Message.ShouldContain($"kill {left.Id}");
        left.Kill();
        left.WaitForExit();
        (await place.WatchAsync(Shell("exit 0"))).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_hang_asks_for_a_restart_under_the_policy_to_act_alone()
    {
        foreach (var policy in new[] { MonitorPolicy.Observe, MonitorPolicy.Act })
        {
            using var watch = new TrainerWatch(new RunDirectory(Directory.CreateDirectory(place.In($"{policy}")).FullName), new MonitorOptions { Policy = policy });
            for (var step = 1; step <= 40; step++) watch.Hear([new("step", step), new("loss", 4 - 0.01 * step + 0.01 * (step % 3))], step);
            watch.Idle(5, new Dictionary<string, double>()).ShouldBeEmpty();
            var hang = watch.Idle(2000, new Dictionary<string, double> { ["perf/processor_share"] = 0.5 });
            hang.ShouldHaveSingleItem().Evidence["perf/processor_share"].ShouldBe(0.5);
            watch.Demand.ShouldBe(policy == MonitorPolicy.Act ? StewardDemand.Restart : StewardDemand.None, watch.Why);
        }
    }

    [Fact]
    public void A_loss_that_stays_lost_under_the_policy_to_act_asks_for_the_end_of_a_trainer_that_cannot_be_told()
    {
        using var watch = new TrainerWatch(new RunDirectory(Directory.CreateDirectory(place.In("lost")).FullName), new MonitorOptions { Policy = MonitorPolicy.Act });
        for (var step = 1; step <= 60; step++) watch.Hear([new("step", step), new("loss", 3 + 0.01 * (step % 7)), new("grad_norm", 1)], step);
        var asked = Enumerable.Range(61, 400).FirstOrDefault(step =>
        {
            watch.Hear([new("step", step), new("loss", double.NaN), new("grad_norm", double.NaN)], step);
            return watch.Demand == StewardDemand.Stop;
        });
        asked.ShouldBeInRange(62, 300);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_done_to_a_foreign_run_is_in_the_ledger_of_the_lab_that_was_named_once()
    {
        var script = "i=0; while :; do i=$((i+1)); if [ $i -gt 40 ]; then echo step=$i loss=nan grad_norm=nan; else echo step=$i loss=3.$((i % 10)) grad_norm=1; fi; sleep 0.01; done";
        (await place.WatchAsync(Shell(script), job => job with { Policy = MonitorPolicy.Act, Lab = place.In("lab"), Grace = TimeSpan.FromSeconds(0.5) })).End.ShouldBe(WatchEnd.Stopped);
        (await place.WatchAsync(Shell("exit 0"), job => job with { Lab = place.In("lab") })).End.ShouldBe(WatchEnd.Done);

        using var ledger = Anneal.Lab.Ledger.Ledger.Open(place.In("lab"));
        ledger.ReadInterventions(place.Run.Root).Select(row => (row.Action, row.State)).ShouldBe([("stop", "requested"), ("stop", "applied")]);
    }

    [Fact]
    public async Task A_lab_that_cannot_be_written_is_refused_before_the_command_starts()
    {
        File.WriteAllText(place.In("file"), "");
        (await Should.ThrowAsync<InputException>(() => place.WatchAsync(Shell("echo no"), job => job with { Lab = place.In("file") }))).Message.ShouldContain("lab folder");
        place.Output.ShouldBe("");
        Directory.Exists(place.Run.Root).ShouldBeFalse();
    }

    [Theory]
    [InlineData("python train.py --logdir runs/a", "runs/a")]
    [InlineData("python train.py --tensorboard-dir=tb x", "tb")]
    [InlineData("python train.py --logging_dir out/logs", "out/logs")]
    [InlineData("python train.py --logdir", null)]
    [InlineData("python train.py logdir out", null)]
    public void Event_files_are_found_in_the_command_line(string command, string? folder) => LogDirectories.Find(command.Split(' ')).ShouldBe(folder);

    private sealed class Broken : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");
    }
}

using System.Diagnostics;
using Anneal.Lab.Execution;
using Anneal.Lab.Subjects;

namespace Anneal.Tests.Lab.Subjects;

public class SubjectRunnerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string Honest = """
        import time
        for step in range(30):
            print(f"\rstep {step:05d} ({step}%) | loss: {5 - step / 10:.6f} | lrm: 1.00 | dt: 5ms    ", end="", flush=True)
        print()
        print("---")
        print("val_bpb:          0.997900")
        print("training_seconds: 0.1")
        print("total_seconds:    0.2")
        print("peak_vram_mb:     45060.2")
        print("mfu_percent:      39.80")
        print("total_tokens_M:   499.6")
        print("num_steps:        953")
        print("num_params_M:     50.3")
        print("depth:            8")

        """;

    [Fact]
    public async Task A_script_in_the_layout_of_autoresearch_is_read_as_it_is()
    {
        using var lab = new SubjectLab();
        var (run, incidents, folder) = await lab.RunAsync(Honest, Cancel);
        run.Status.ShouldBe("done", string.Join("; ", incidents.Select(incident => incident.Message)));
        run.Value.ShouldBe(0.9979);
        (run.Steps, run.Tokens, run.Parameters).ShouldBe((30, 499_600_000, 50_300_000));
        run.Curve.Count.ShouldBeGreaterThan(20);
        File.ReadAllText(Path.Combine(folder, "summary.json")).ShouldContain("\"peak_vram_mb\":45060.2");
        File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Count().ShouldBe(30);
        Directory.GetFileSystemEntries(Path.Combine(lab.Lab, "subjects", "repo", "trees")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Seed_and_budget_reach_the_command_in_its_words_and_in_its_environment()
    {
        using var lab = new SubjectLab();
        lab.Subject = lab.Subject with { Command = "python3 train.py {seed} {budget}", Metric = "score" };
        var (run, _, _) = await lab.RunAsync("""
            import os, sys
            assert sys.argv[1:] == ["7", "20"] == [os.environ["ANNEAL_SEED"], os.environ["ANNEAL_BUDGET"]], sys.argv
            open(os.path.join(os.environ["ANNEAL_RUN_DIR"], "checkpoint"), "w").write("x")
            print({"score": 3.5})
            """, Cancel);
        run.Value.ShouldBe(3.5);
    }

    [Theory]
    [InlineData("metric_contradicts_itself", "print('val_bpb: 0.1'); print('val_bpb: 0.9')")]
    [InlineData("metric_not_finite", "print('val_bpb: nan')")]
    [InlineData("metric_impossible", "print('val_bpb: -1.5')")]
    [InlineData("metric_impossible", "print('val_bpb: 0.000000')")]
    [InlineData("metric_before_the_end", "print('val_bpb: 0.5'); print('step 3 | loss: 2.0')")]
    [InlineData("clock_contradicts", "print('val_bpb: 0.5'); print('training_seconds: 300.1')")]
    [InlineData("too_quick", "print('val_bpb: 0.5')")]
    [InlineData("changed_files", "open('train.py', 'a').write('#'); print('val_bpb: 0.5')")]
    [InlineData("changed_files", "import os; os.rename('train.py', 'x'); os.symlink('/etc/passwd', 'train.py'); print('val_bpb: 0.5')")]
    public async Task A_number_that_cannot_be_believed_is_no_number(string rule, string train)
    {
        using var lab = new SubjectLab();
        var (run, incidents, _) = await lab.RunAsync(train, Cancel, leastSeconds: rule == "too_quick" ? 10 : 0);
        (run.Status, run.Value).ShouldBe(("failed", null));
        incidents[^1].Detector.ShouldBe(rule, incidents[^1].Message);
        incidents[^1].Cause.ShouldBe("evaluation");
    }

    [Fact]
    public async Task A_crash_is_a_result_with_its_last_words()
    {
        using var lab = new SubjectLab();
        var (run, incidents, _) = await lab.RunAsync("print('val_bpb: 0.1')\nraise RuntimeError('out of rope')", Cancel);
        run.Value.ShouldBeNull();
        incidents[^1].Message.ShouldContain("exit code 1");
        incidents[^1].Message.ShouldContain("RuntimeError: out of rope");
        incidents[^1].Cause.ShouldBe("model");
    }

    [Fact]
    public async Task A_command_without_a_summary_line_is_told_which_line_is_missing()
    {
        using var lab = new SubjectLab();
        (await lab.RunAsync("print('done')", Cancel)).Incidents[^1].Message.ShouldContain("val_bpb: VALUE");
    }

    [Fact]
    public async Task A_hang_is_killed_at_twice_the_budget_and_what_it_says_then_counts_for_nothing()
    {
        using var lab = new SubjectLab();
        lab.Subject = lab.Subject with { Budget = 0.4 };
        var clock = Stopwatch.StartNew();
        var (_, incidents, _) = await lab.RunAsync("import time\ntime.sleep(300)", Cancel);
        incidents[^1].Detector.ShouldBe("time_limit");
        lab.Subject = lab.Subject with { Budget = 2 };
        var (_, late, _) = await lab.RunAsync("import signal, sys, time\ndef end(*_):\n    print('val_bpb: 0.1', flush=True)\nsignal.signal(signal.SIGTERM, end)\ntime.sleep(300)\ntime.sleep(300)", Cancel);
        late[^1].Detector.ShouldBe("metric_after_the_end");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_monitor_stops_a_run_whose_loss_is_no_number()
    {
        using var lab = new SubjectLab();
        var (_, incidents, _) = await lab.RunAsync("import time\nfor i in range(6):\n    print(f'step={i} loss=nan', flush=True)\ntime.sleep(300)", Cancel);
        incidents[^1].Detector.ShouldBe("stopped_by_monitor");
        incidents.ShouldContain(incident => incident.Detector == "non_finite");
    }

    [Fact]
    public async Task A_flood_is_stopped_and_its_log_stays_small()
    {
        using var lab = new SubjectLab();
        var (_, incidents, folder) = await lab.RunAsync("import os\nblock = b'x' * (1 << 20)\nwhile True:\n    os.write(1, block)", Cancel);
        incidents[^1].Detector.ShouldBe("output_flood");
        new FileInfo(Path.Combine(folder, "stdout.log")).Length.ShouldBeInRange(OutputLog.Head, OutputLog.Head + OutputLog.Tail + 200);
    }

    [Fact]
    public async Task Memory_beyond_the_limit_ends_the_run()
    {
        using var lab = new SubjectLab();
        lab.Subject = lab.Subject with { MemoryGb = 0.15 };
        var (run, incidents, _) = await lab.RunAsync("import time\nx = bytearray(250 * 10**6)\ntime.sleep(30)\nprint('val_bpb: 1')", Cancel);
        run.Value.ShouldBeNull();
        incidents[^1].Message.ShouldContain("emory");
    }

    [Fact]
    public async Task Without_a_sandbox_a_run_is_still_timed_watched_and_rid_of_keys()
    {
        using var lab = new SubjectLab();
        Environment.SetEnvironmentVariable("OPENAI_TEST_OF_SUBJECTS", "our own word");
        try
        {
            var (run, incidents, _) = await lab.RunAsync("import os\nassert 'our own word' not in repr(os.environ)\nassert os.environ['ANNEAL_SEED'] == '7'\nprint('val_bpb: 1.5')", Cancel, sandboxed: false);
            run.Value.ShouldBe(1.5, string.Join("; ", incidents.Select(incident => incident.Message)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("OPENAI_TEST_OF_SUBJECTS", null);
        }
        lab.Subject = lab.Subject with { Budget = 0.5 };
        (await lab.RunAsync("import time\ntime.sleep(300)", Cancel, sandboxed: false)).Incidents[^1].Detector.ShouldBe("time_limit");
        (await lab.RunAsync("open('prepare.py', 'a').write('#')\nprint('val_bpb: 1')", Cancel, sandboxed: false)).Incidents[^1].Detector.ShouldBe("changed_files");
    }

    [Fact]
    public async Task Too_many_processes_end_the_run()
    {
        using var lab = new SubjectLab();
        var (_, incidents, _) = await lab.RunAsync("import threading, time\nfor _ in range(1500):\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\ntime.sleep(60)", Cancel);
        incidents[^1].Detector.ShouldBe("process_limit", incidents[^1].Message);
    }

    [Fact]
    public async Task A_device_is_there_when_the_study_lists_it_and_otherwise_not()
    {
        var device = (string?[])["/dev/fuse", "/dev/kmsg", "/dev/net/tun", "/dev/rtc0"];
        if (Array.Find(device, File.Exists) is not { } path) { Assert.Skip("no device to lend"); return; }
        using var lab = new SubjectLab();
        var train = $"import os\nprint('val_bpb:', 2 if os.path.exists('{path}') else 1)";
        (await lab.RunAsync(train, Cancel)).Run.Value.ShouldBe(1);
        lab.Subject = lab.Subject with { Devices = [path] };
        (await lab.RunAsync(train, Cancel)).Run.Value.ShouldBe(2);
    }

    [Fact]
    public async Task The_run_sees_neither_lab_nor_network_nor_keys_and_changes_only_what_it_may()
    {
        using var lab = new SubjectLab();
        Environment.SetEnvironmentVariable("ANTHROPIC_TEST_KEY_OF_SUBJECTS", "another of ours");
        try
        {
            var (run, incidents, _) = await lab.RunAsync($$"""
                import os, socket
                assert not os.path.exists("{{lab.Lab}}/lab.db"), "sees the ledger"
                assert not os.path.exists("{{lab.Lab}}/subjects/repo/repo.git"), "sees the clone"
                assert not os.path.exists("{{lab.Repository}}"), "sees the user's repository"
                assert "another of ours" not in repr(os.environ), "sees a key"
                def refused(act):
                    try:
                        act()
                    except OSError:
                        return True
                assert refused(lambda: open("prepare.py", "a")), "writes a protected file"
                assert refused(lambda: os.remove("prepare.py")), "removes a protected file"
                assert refused(lambda: os.rename("prepare.py", "other.py")), "moves a protected file"
                assert refused(lambda: open("/usr/x", "w")), "writes the system"
                assert refused(lambda: socket.create_connection(("127.0.0.1", 22), 1)), "has a network"
                open("new-file", "w").write("x")
                print("val_bpb: 1.5")
                """, Cancel);
            run.Value.ShouldBe(1.5, string.Join("; ", incidents.Select(incident => incident.Message)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ANTHROPIC_TEST_KEY_OF_SUBJECTS", null);
        }
    }

    [Fact]
    public async Task Children_left_behind_are_ended_with_a_sandbox_and_without()
    {
        using var lab = new SubjectLab();
        const string Leave = "import subprocess\nsubprocess.Popen(['sleep', '4242'], start_new_session=True)\nprint('val_bpb: 1.5')";
        (await lab.RunAsync(Leave, Cancel)).Run.Value.ShouldBe(1.5);
        await NobodyAsync();

        var folder = Directory.CreateTempSubdirectory("anneal-left-").FullName;
        try
        {
            var start = new ProcessStartInfo("setsid", ["/usr/bin/python3", "-c", Leave]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment[SubjectCommand.RunVariable] = folder;
            var lines = new List<string>();
            using var process = SubjectProcess.Start(start, folder, folder, lines.Add);
            await process.FinishAsync();
            lines.ShouldBe(["val_bpb: 1.5"]);
            await NobodyAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // What was killed may take a moment to be gone.
        static async Task NobodyAsync()
        {
            for (var waited = 0; waited < 100 && Sleepers().Count > 0; waited++) await Task.Delay(20, Cancel);
            Sleepers().ShouldBeEmpty();
        }

        static IReadOnlyList<ProcessIdentity> Sleepers() => ProcessIdentity.FindByArgument("4242") ?? [];
    }

    [Fact]
    public void Without_a_seed_in_the_command_a_larger_metric_may_be_the_better_one()
    {
        var subject = new SubjectSpec { Path = "/x", Command = "run", Edit = ["a"], Metric = "accuracy", Goal = SubjectGoal.Maximise };
        subject.Objective.ShouldBe("-accuracy");
        subject.Signed(0.75).ShouldBe(-0.75);
    }
}

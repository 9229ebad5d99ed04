using System.Diagnostics;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Cli;

/// <summary>The command keeps its streams, its exit code and its signals, whatever the watch does.</summary>
public sealed class WatchProcessTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anneal-watch-");

    public WatchProcessTests()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("runs /bin/sh");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string In(string name) => Path.Combine(folder.FullName, name);

    private CliResult Watch(string script, params string[] options) => CliProgram.Run(["watch", "--run-dir", In("run"), .. options, "--", "/bin/sh", "-c", script], null, folder.FullName);

    [Fact]
    public void Both_streams_pass_byte_for_byte_and_the_exit_code_is_kept()
    {
        var result = Watch("""printf 'a\rb\rstep=1 loss=3 \033[31mred\n\nno end'; printf 'to stderr\n' >&2; exit 7""");
        result.ExitCode.ShouldBe(7);
        result.Out.ShouldBe("a\rb\rstep=1 loss=3 \u001b[31mred\n\nno end");
        result.Error.Split('\n').ShouldBe(["to stderr", "anneal: the command ended with exit code 7", ""], ignoreOrder: true);
        File.ReadAllText(In("run/stdout.log")).ShouldBe(result.Out);
        File.ReadAllText(In("run/metrics.jsonl")).ShouldContain("\"train/loss\":3");
    }

    [Theory]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("exit 0", 0)]
    public void A_killed_command_ends_with_128_and_its_signal(string script, int code) => Watch(script).ExitCode.ShouldBe(code);

    [Fact]
    public void What_cannot_be_started_is_told_from_what_failed()
    {
        CliProgram.Run("watch", "--run-dir", In("run"), "--", "no-such-program-anywhere").ExitCode.ShouldBe(127);
        File.WriteAllText(In("data"), "no program");
        CliProgram.Run("watch", "--run-dir", In("run"), "--", In("data")).ExitCode.ShouldBe(126);
        CliProgram.Run("watch", "--run-dir", In("run"), "--").ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public void Signals_are_handed_on(string signal)
    {
        using var process = CliProgram.Start(["watch", "--run-dir", In("run"), "--", "/bin/bash", "-c", $"trap 'echo got {signal}; exit 5' {signal}; echo ready; while :; do sleep 0.05; done"], null, folder.FullName);
        process.StandardOutput.ReadLine().ShouldBe("ready");
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) kill.WaitForExit();
        var result = CliProgram.Await(process);
        result.Out.ShouldBe($"got {signal}\n");
        result.ExitCode.ShouldBe(5);
    }

    [Fact]
    public void A_watch_that_is_killed_leaves_a_folder_that_goes_on_once_its_command_has_learnt_it()
    {
        const string script = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo step=$i loss=3.5; sleep 0.01; done";
        using (var process = CliProgram.Start(["watch", "--run-dir", In("run"), "--", "/bin/sh", "-c", script], null, folder.FullName))
        {
            while (!File.Exists(In("run/metrics.jsonl")) || new FileInfo(In("run/metrics.jsonl")).Length < 500) Thread.Sleep(20);
            process.Kill();
            process.WaitForExit();
        }
        var before = MetricsReader.ReadAll(In("run/metrics.jsonl")).Count;
        CliResult again;
        // Its next line has no reader, and ends it.
        for (var tries = 0; (again = Watch("echo step=9000 loss=3")).ExitCode == 2 && tries < 20; tries++) again.Error.ShouldContain("an earlier watch started here");
        again.ExitCode.ShouldBe(0, again.Error);
        var steps = MetricsReader.ReadAll(In("run/metrics.jsonl"));
        (steps.Count, steps[^1].Step).ShouldBe((before + 1, 9000));
    }

    [Fact]
    public void A_full_disk_costs_the_record_and_not_the_run()
    {
        // A limit on file sizes stands in for it; the runtime itself needs a file for its code unless told otherwise.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", "dotnet", CliProgram.Path, "watch", "--run-dir", In("run"), "--",
            "/bin/sh", "-c", "i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo step=$i loss=3.5 lr=0.001 grad_norm=1; done; exit 6"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        })!;
        var result = CliProgram.Await(process);
        result.ExitCode.ShouldBe(6, result.Error);
        result.Out.Split('\n').Length.ShouldBe(601);
        result.Error.Split('\n').Count(line => line.Contains("metrics.jsonl cannot be written", StringComparison.Ordinal)).ShouldBe(1, result.Error);
        // How much fits depends on how much came at once.
        MetricsReader.ReadAll(In("run/metrics.jsonl")).Count.ShouldBeInRange(0, 200);
    }
}

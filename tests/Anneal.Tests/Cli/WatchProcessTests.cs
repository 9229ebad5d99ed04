using System.Diagnostics;

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
}

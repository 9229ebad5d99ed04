using System.Diagnostics;

namespace Anneal.Tests.Cli;

public class InterruptTests
{
    [Fact]
    public void An_interrupted_training_saves_its_state_and_the_same_call_ends_like_an_undisturbed_one()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("sends SIGINT with kill");
        using var text = new TinyText();
        string[] call = ["train", "long.yaml", "--out", "broken", "--threads", "1"];
        using var process = CliProgram.Start(call, null, text.Folder);
        var waited = Stopwatch.StartNew();
        while (!(File.Exists(text.In("broken/metrics.jsonl")) && new FileInfo(text.In("broken/metrics.jsonl")).Length > 0) && waited.Elapsed < TimeSpan.FromSeconds(60))
            Thread.Sleep(20);
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();
        var interrupted = CliProgram.Await(process);
        interrupted.ExitCode.ShouldBe(130, interrupted.Error);
        interrupted.Error.ShouldContain("The same call goes on.");

        text.Run(call).ExitCode.ShouldBe(0);
        text.Run("train", "long.yaml", "--out", "whole", "--threads", "1").ExitCode.ShouldBe(0);
        text.Run("compare", "broken", "whole", "--assert-equal").ExitCode.ShouldBe(0);
    }
}

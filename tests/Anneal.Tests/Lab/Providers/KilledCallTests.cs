using System.Diagnostics;
using Anneal.Benchmarks.Durability;
using Anneal.Tests.Cli;
using Anneal.Tests.Lab.Providers.Servers;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Providers;

// The real program, killed with signal 9 while a call is under way, twice in the same conversation.
public sealed class KilledCallTests
{
    [Fact]
    public async Task A_study_killed_in_the_middle_of_a_call_loses_that_call_and_nothing_else()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("kills with signal 9");
        using var tiny = new TinyStudy(experiments: 1);
        using var asked = new SemaphoreSlim(0);
        // The third and the fourth request are never answered: they are the same turn, asked again after the first kill.
        await using var server = await MessagesServer.StartAsync(call =>
        {
            if (call.Number is not (3 or 4)) return call.Turn < 3 ? ServerReply.Tool("read_findings", "{}", thinking: "look") : ServerReply.Tool("nothing_left", """{"reason": "nothing comes to mind"}""");
            asked.Release();
            return ServerReply.Empty() with { SilentAfter = 0 };
        });

        await KillWhenAsked("run", "study.yaml", "--researcher", "claude", "--usd", "2");
        await KillWhenAsked("resume", "tiny");
        using var last = Start("resume", "tiny");
        var result = await Task.Run(() => CliProgram.Await(last), TestContext.Current.CancellationToken);
        result.ExitCode.ShouldBe(0, result.Error);

        using var ledger = LabLedger.Open(tiny.Lab);
        var calls = ledger.ReadCalls("tiny", "proposal/1");
        calls.Select(call => (call.Turn, call.Outcome)).ShouldBe([(0, "answered"), (1, "answered"), (2, "uncertain"), (2, "uncertain")]);
        calls.ShouldAllBe(call => call.Outcome != "uncertain" || call.Usd == call.ReservedUsd);
        // A conversation that lost two calls is not continued: the built-in researcher stood in, and the study is done.
        server.Requests.Count.ShouldBe(4);
        ledger.ReadStudy("tiny").Status.ShouldBe("done");
        ledger.ReadStudy("tiny").Experiments.Single().Proposal.Source.ShouldNotStartWith("model");

        async Task KillWhenAsked(params string[] words)
        {
            using var process = Start(words);
            (await asked.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).ShouldBeTrue("the model was never asked");
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Process Start(params string[] words)
        {
            var environment = new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = server.Key, ["ANTHROPIC_BASE_URL"] = server.BaseUrl };
            var process = CliProgram.Start(["study", .. words, "--lab", "lab"], environment, tiny.Folder);
            process.StandardInput.Close();
            return process;
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Anneal.Benchmarks.Durability;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Cli;

/// <summary>The program as a user types it, against a strict Messages API with nobody behind it.</summary>
public sealed partial class ClaudeStudyCommandTests(ClaudeStudyCommandTests.Sitting sitting) : IClassFixture<ClaudeStudyCommandTests.Sitting>
{
    /// <summary>A study in which Claude is asked for, run once over the wire.</summary>
    public sealed class Sitting : IAsyncLifetime
    {
        internal TinyStudy Tiny { get; } = new(experiments: 3);

        internal MessagesServer Server { get; private set; } = null!;

        internal CliResult Result { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await MessagesServer.StartAsync(call => call.Turn == 0 ? ServerReply.Tool("read_findings", "{}", thinking: "what is known?") : Propose(call));
            Result = await Task.Run(() => Run(Tiny, Server, "study", "run", "study.yaml", "--lab", "lab", "--researcher", "claude", "--usd", "2", "--json"));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Tiny.Dispose();
        }
    }

    [Fact]
    public void A_study_that_asks_for_claude_ends_with_one_document_that_says_who_really_answered_and_what_it_cost()
    {
        sitting.Result.ExitCode.ShouldBe(0, sitting.Result.Error);
        sitting.Server.Refusals.ShouldBeEmpty();
        var document = JsonDocument.Parse(sitting.Result.Out).RootElement;
        document.GetProperty("researcher").GetString().ShouldBe("scripted");
        document.GetProperty("experiments").EnumerateArray().Count(experiment => experiment.GetProperty("source").GetString() == "model:scripted").ShouldBeGreaterThan(0);
        var usd = document.GetProperty("budget").GetProperty("usd");
        usd.GetProperty("limit").GetDouble().ShouldBe(2);
        usd.GetProperty("spent").GetDouble().ShouldBeInRange(1e-9, 2);
        document.GetProperty("calls").GetProperty("answered").GetInt32().ShouldBe(sitting.Server.Requests.Count);
    }

    [Fact]
    public void Estimate_calls_cost_and_proposers_are_shown_while_it_runs()
    {
        sitting.Result.Error.ShouldContain("will probably cost $");
        sitting.Result.Error.ShouldContain("scripted answered proposal/1: $");
        sitting.Result.Error.ShouldContain("came from the cache");
        sitting.Result.Error.ShouldContain("(by model:scripted)");
        File.ReadAllText(Path.Combine(sitting.Tiny.Lab, "studies", "tiny", "report.html")).ShouldContain("no language model was asked");
    }

    [Fact]
    public void The_key_is_in_no_output_and_no_file()
    {
        (sitting.Result.Out + sitting.Result.Error).ShouldNotContain(sitting.Server.Key);
        foreach (var file in Directory.GetFiles(sitting.Tiny.Folder, "*", SearchOption.AllDirectories))
            System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(file)).ShouldNotContain(sitting.Server.Key, Case.Sensitive, file);
    }

    [Fact]
    public void Its_transcript_repeats_it_without_network_key_or_cost()
    {
        var written = Offline(sitting.Tiny, "study", "transcript", "tiny", "--lab", "lab", "--out", "shared.jsonl", "--json");
        written.ExitCode.ShouldBe(0, written.Error);
        JsonDocument.Parse(written.Out).RootElement.GetProperty("label").GetString().ShouldBe("scripted");

        var replay = Offline(sitting.Tiny, "study", "run", "study.yaml", "--lab", "lab-again", "--replay", "shared.jsonl", "--json");
        replay.ExitCode.ShouldBe(0, replay.Error);
        var (first, again) = (JsonDocument.Parse(sitting.Result.Out).RootElement, JsonDocument.Parse(replay.Out).RootElement);
        again.GetProperty("researcher").GetString().ShouldBe("replay of scripted");
        again.GetProperty("budget").GetProperty("usd").GetProperty("spent").GetDouble().ShouldBe(0);
        again.GetProperty("calls").GetProperty("drifted").GetInt32().ShouldBe(0);
        Outcome(again).ShouldBe(Outcome(first));
        again.GetProperty("champion").GetRawText().ShouldBe(first.GetProperty("champion").GetRawText());
        replay.Error.ShouldNotContain("differ from the recorded");
    }

    [Fact]
    public async Task Interrupted_while_a_model_thinks_it_goes_on_and_no_answer_is_bought_twice()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("sends SIGINT with kill");
        using var tiny = new TinyStudy(experiments: 2);
        var asked = new TaskCompletionSource();
        await using var server = await MessagesServer.StartAsync(call =>
        {
            if (call.Number < 2) return ServerReply.Tool("read_findings", "{}");
            if (call.Number > 2 || !asked.TrySetResult()) return Propose(call);
            return Propose(call) with { SilentAfter = 0 };
        });
        using var process = CliProgram.Start(["study", "run", "study.yaml", "--lab", "lab", "--researcher", "claude", "--usd", "2"], Environment(server), tiny.Folder);
        process.StandardInput.Close();
        var result = Task.Run(() => CliProgram.Await(process), TestContext.Current.CancellationToken);
        await Task.WhenAny(asked.Task, result);
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var interrupted = await result;
        interrupted.ExitCode.ShouldBe(130, interrupted.Error);
        interrupted.Error.ShouldContain("anneal study resume tiny");

        var resumed = Run(tiny, server, "study", "resume", "tiny", "--lab", "lab", "--json");
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        var calls = JsonDocument.Parse(resumed.Out).RootElement.GetProperty("calls");
        // The call that was under way is uncertain; whatever had been answered was not asked for again.
        calls.GetProperty("uncertain").GetInt32().ShouldBe(1);
        calls.GetProperty("answered").GetInt32().ShouldBe(server.Requests.Count - 1);
    }

    [Theory]
    [InlineData("--researcher claude --usd 1", "ANTHROPIC_API_KEY: is not set")]
    [InlineData("--researcher openai --usd 1", "OPENAI_API_KEY: is not set")]
    [InlineData("--researcher claude --usd 1 --model claude-opus-5-6", "did you mean `claude-opus-5-5`?")]
    [InlineData("--replay study.yaml", "study.yaml:1:1: this line of the transcript is damaged")]
    public void What_cannot_be_asked_is_said_before_anything_is_started(string options, string says)
    {
        using var tiny = new TinyStudy();
        var result = Offline(tiny, ["study", "run", "study.yaml", "--lab", "lab", .. options.Split(' ')]);
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain(says);
        Directory.Exists(Path.Combine(tiny.Lab, "studies")).ShouldBeFalse();
    }

    private static string Outcome(JsonElement document) => string.Join('\n', document.GetProperty("experiments").EnumerateArray().Select(experiment =>
        string.Join(' ', ((string[])["id", "change", "predicted_effect", "verdict", "effect", "ci", "pairs", "flops"]).Select(key => experiment.GetProperty(key).GetRawText()))));

    private static CliResult Run(TinyStudy tiny, MessagesServer server, params string[] arguments) => CliProgram.Run(arguments, Environment(server), tiny.Folder);

    private static CliResult Offline(TinyStudy tiny, params string[] arguments) =>
        CliProgram.Run(arguments, new() { ["ANTHROPIC_API_KEY"] = "", ["OPENAI_API_KEY"] = "", ["OPENAI_BASE_URL"] = "", ["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9" }, tiny.Folder);

    private static Dictionary<string, string> Environment(MessagesServer server) => new() { ["ANTHROPIC_API_KEY"] = server.Key, ["ANTHROPIC_BASE_URL"] = server.BaseUrl };

    private static ServerReply Propose(MessagesCall call)
    {
        string[] rates = ["0.01", "0.016", "0.007", "0.02"];
        var number = int.Parse(Heading().Match(call.FirstText).Groups[1].Value);
        return ServerReply.Tool("propose_experiment", $$$"""
            {"hypothesis": "A larger rate is better.", "mechanism": "Short runs want large steps.", "refuted_by": "No gain in pairs.",
             "predicted_effect": {"mean": 0.3, "sd": 0.2}, "confirm_probability": 0.8, "change": {"optimizer.lr": {{{rates[(number + call.Turn) % rates.Length]}}}}}
            """, thinking: "the rate is far too low");
    }

    [GeneratedRegex(@"^# Proposal (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

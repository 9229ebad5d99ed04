using System.Text.Json;
using Anneal.Benchmarks.Durability;
using Anneal.Server.Mcp;
using ModelContextProtocol;

namespace Anneal.Tests.Server.Mcp;

/// <summary>A client as operator and as researcher of a tiny study.</summary>
public sealed class McpStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_the_researcher_its_proposals_are_tried_judged_and_labelled_with_its_name()
    {
        using var tiny = new TinyStudy(budget: 3.6e9, experiments: 2, parallel: 1, extra: "researcher: mcp");
        await using var session = await McpSession.OpenAsync(Options(tiny) with { Flops = 1e12 });

        var started = await session.CallAsync("study_start", new { study = "study.yaml" });
        started.GetProperty("status").GetString().ShouldBe("running");
        started.GetProperty("here").GetBoolean().ShouldBeTrue();
        await WaitAsync(session, standing => standing.GetProperty("waits").GetBoolean());

        (await session.FailAsync("propose_experiment", Rate("0.01", "optimizer.lrr"))).ShouldContain("did you mean `optimizer.lr`?");
        (await session.FailAsync("propose_experiment", Rate("1e20", "budget.flops"))).ShouldContain("cannot be changed");
        (await session.CallAsync("propose_experiment", Rate("0.01"))).GetProperty("ahead").GetInt32().ShouldBe(0);
        await WaitAsync(session, standing => standing.GetProperty("judged").GetInt32() == 1);

        (await session.FailAsync("propose_experiment", Rate("0.01"))).ShouldContain("the champion has this change already");
        await session.CallAsync("propose_experiment", Rate("0.02"));
        var ended = await WaitAsync(session, standing => standing.GetProperty("status").GetString() == "done");
        ended.GetProperty("here").GetBoolean().ShouldBeFalse();
        ended.GetProperty("researcher").GetString().ShouldBe("mcp");

        var findings = await session.CallAsync("findings", new { study = "tiny" });
        findings.GetProperty("total").GetInt32().ShouldBe(2);
        findings.GetProperty("findings").EnumerateArray().ShouldAllBe(finding => finding.GetProperty("source").GetString() == "mcp:test");
        var first = await session.CallAsync("experiment", new { study = "tiny", id = 1 });
        first.GetProperty("verdict").GetString().ShouldBe("confirmed");
        first.GetProperty("change").GetProperty("optimizer.lr").GetString().ShouldBe("0.01");
        (await session.FailAsync("propose_experiment", Rate("0.03"))).ShouldContain("is done");

        (await session.CallAsync("ledger_query", new { study = "tiny", sql = "SELECT number, verdict FROM findings" })).GetProperty("rows").GetString()!.ShouldContain("confirmed");
        (await session.FailAsync("ledger_query", new { study = "tiny", sql = "DELETE FROM findings" })).ShouldContain("only SELECT");
        (await session.FailAsync("ledger_query", new { study = "tiny", sql = "SELECT * FROM openings" })).ShouldContain("no such table");
        (await session.CallAsync("incidents")).GetProperty("incidents").GetArrayLength().ShouldBe(0);
        (await session.CallAsync("refusals", new { study = "tiny" })).GetProperty("refusals").GetArrayLength().ShouldBe(0);

        var report = await session.CallAsync("study_report", new { study = "tiny" });
        report.GetProperty("headline").GetString()!.ShouldContain("beats the baseline");
        report.GetProperty("champion").TryGetProperty("recipe", out _).ShouldBeFalse();
        (await session.CallAsync("study_report", new { study = "tiny", detail = "full" })).GetProperty("champion").GetProperty("recipe").GetString()!.ShouldContain("lr:");
        await Resources(session);
    }

    [Fact]
    public async Task Running_tells_progress_and_ends_with_a_summary()
    {
        using var tiny = new TinyStudy(experiments: 1);
        await using var session = await McpSession.OpenAsync(Options(tiny) with { Seconds = 300 });
        var told = new List<ProgressNotificationValue>();
        var ended = await session.CallAsync("study_run", new { study = "study.yaml", researcher = "embedded" }, new Heard(value =>
        {
            lock (told) told.Add(value);
        }));
        ended.GetProperty("status").GetString().ShouldBe("done");
        ended.GetProperty("judged").GetInt32().ShouldBe(1);
        lock (told)
        {
            told.ShouldContain(value => value.Message!.StartsWith("experiment 1 proposed"));
            told.Select(value => value.Progress).Distinct().Count().ShouldBe(told.Count);
        }

        // Again: nothing is left to do, and nobody is asked for it twice.
        (await session.CallAsync("study_run", new { study = "tiny" })).GetProperty("status").GetString().ShouldBe("done");
    }

    [Fact]
    public async Task A_client_that_vanishes_stops_its_study_with_the_state_saved()
    {
        using var tiny = new TinyStudy();
        await using (var session = await McpSession.OpenAsync(Options(tiny) with { Flops = 1e15 }))
        {
            await session.CallAsync("study_start", new { study = "study.yaml" });
            await WaitAsync(session, standing => standing.GetProperty("flops").GetDouble() > 0);
        }

        tiny.Read().Status.ShouldBe("interrupted");
        (await tiny.RunAsync(null, Cancel)).Status.ShouldBe("done");
    }

    [Fact]
    public async Task Nothing_is_spent_without_leave_and_the_refusal_says_how_to_get_it()
    {
        using var tiny = new TinyStudy();
        await using (var session = await McpSession.OpenAsync(Options(tiny)))
        {
            var refused = await session.FailAsync("study_run", new { study = "study.yaml" });
            refused.ShouldContain("--budget-flops");
            refused.ShouldContain("elicitation");
            (await session.FailAsync("study_start", new { study = "study.yaml", researcher = "claude" })).ShouldContain("--usd 5");
            (await session.FailAsync("data_prepare", new { sources = new[] { "text.jsonl" }, @out = "corpus" })).ShouldContain("--budget-flops");
            (await session.FailAsync("train", new { recipe = "baseline.yaml", @out = "run", corpus = "text.jsonl" })).ShouldContain("was not started");
        }

        await using (var session = await McpSession.OpenAsync(Options(tiny), says: false))
        {
            (await session.FailAsync("study_run", new { study = "study.yaml" })).ShouldContain("the user said no");
            session.Asked.Single().ShouldContain("study tiny");
        }

        Directory.Exists(tiny.Lab).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-06-18")]
    public async Task A_user_who_says_yes_is_asked_once_for_each_job(string? protocol)
    {
        using var tiny = new TinyStudy();
        await using var session = await McpSession.OpenAsync(Options(tiny), says: true, protocol);
        var trained = await session.CallAsync("train", new { recipe = "baseline.yaml", @out = "run", corpus = "text.jsonl", threads = 1 });
        trained.GetProperty("val").GetProperty("bpb").GetDouble().ShouldBeInRange(0.5, 9);
        session.Asked.Single().ShouldContain("at most 120 MFLOP");
        var bpb = (await session.CallAsync("evaluate", new { run = "run" })).GetProperty("bpb").GetDouble();
        bpb.ShouldBe(trained.GetProperty("val").GetProperty("bpb").GetDouble());
        (await session.CallAsync("sample", new { run = "run", prompt = "a", tokens = 5 })).GetProperty("text").GetString()!.Length.ShouldBeGreaterThan(0);
        session.Asked.Count.ShouldBe(3);
        (await session.CallAsync("compare", new { first = "run", second = "run" })).GetProperty("equal").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Files_of_a_study_are_confined_too()
    {
        using var tiny = new TinyStudy();
        using var other = new TinyStudy();
        File.WriteAllText(Path.Combine(tiny.Folder, "wrong.yaml"), File.ReadAllText(tiny.StudyPath).Replace("recipe: baseline.yaml", $"recipe: {other.Spec.Recipe}"));
        await using var session = await McpSession.OpenAsync(Options(tiny) with { Flops = 1e15 });
        (await session.FailAsync("study_run", new { study = "wrong.yaml" })).ShouldContain("lies outside");
        (await session.FailAsync("study_run", new { study = other.StudyPath })).ShouldContain("lies outside");
        (await session.FailAsync("data_prepare", new { sources = new[] { "/etc" }, @out = "corpus" })).ShouldContain("lies outside");
        (await session.FailAsync("compare", new { first = other.Folder, second = "x" })).ShouldContain("lies outside");
    }

    [Fact]
    public async Task A_study_that_fails_is_told_and_the_server_goes_on()
    {
        using var tiny = new TinyStudy();
        var recipe = File.ReadAllText(tiny.Spec.Recipe);
        File.WriteAllText(tiny.Spec.Recipe, recipe.Replace("lr: 3.0e-4", "lr: 90, clip: 0"));
        await using var session = await McpSession.OpenAsync(Options(tiny) with { Flops = 1e15 });
        (await session.FailAsync("study_run", new { study = "study.yaml" })).ShouldContain("the baseline itself fails");
        var standing = await session.CallAsync("study_status", new { study = "tiny" });
        standing.GetProperty("status").GetString().ShouldBe("failed");
        standing.GetProperty("detail").GetString()!.ShouldContain("the baseline itself fails");
    }

    [Fact]
    public async Task An_estimate_spends_nothing()
    {
        using var tiny = new TinyStudy();
        await using var session = await McpSession.OpenAsync(Options(tiny));
        var estimate = await session.CallAsync("study_estimate", new { study = "study.yaml" });
        estimate.GetProperty("researcher").GetString().ShouldBe("embedded");
        estimate.GetProperty("flops").GetProperty("least").GetDouble().ShouldBe(21 * 1.2e8, 1);
        Directory.Exists(tiny.Lab).ShouldBeFalse();
    }

    private static async Task Resources(McpSession session)
    {
        var resources = await session.Client.ListResourcesAsync(cancellationToken: Cancel);
        resources.Select(resource => resource.Uri).ShouldBe(["anneal://study/tiny/report", "anneal://study/tiny/findings", "anneal://study/tiny/transcript"]);
        (await session.Client.ListResourceTemplatesAsync(cancellationToken: Cancel)).Count.ShouldBe(3);
        Read(await session.Client.ReadResourceAsync("anneal://study/tiny/report", cancellationToken: Cancel)).ShouldStartWith("# tiny");
        JsonDocument.Parse(Read(await session.Client.ReadResourceAsync("anneal://study/tiny/findings", cancellationToken: Cancel))).RootElement.GetArrayLength().ShouldBe(2);
        Read(await session.Client.ReadResourceAsync("anneal://study/tiny/transcript", cancellationToken: Cancel)).ShouldBeEmpty();
        (await Should.ThrowAsync<McpException>(session.Client.ReadResourceAsync("anneal://study/tiney/report", cancellationToken: Cancel).AsTask())).Message.ShouldContain("did you mean `tiny`?");
    }

    private static string Read(ModelContextProtocol.Protocol.ReadResourceResult result) => ((ModelContextProtocol.Protocol.TextResourceContents)result.Contents.Single()).Text;

    private static async Task<JsonElement> WaitAsync(McpSession session, Func<JsonElement, bool> until)
    {
        while (true)
        {
            var standing = await session.CallAsync("study_status", new { study = "tiny" });
            if (until(standing)) return standing;
            standing.GetProperty("status").GetString().ShouldNotBe("failed", standing.ToString());
            await Task.Delay(50, Cancel);
        }
    }

    private static object Rate(string value, string key = "optimizer.lr") => new
    {
        study = "tiny",
        hypothesis = $"{key} {value} learns faster",
        mechanism = "The baseline's rate is far too low.",
        refutation = "The loss at the end is not lower.",
        change = new Dictionary<string, string> { [key] = value },
        predicted_effect = 0.5,
        predicted_sd = 0.5,
    };

    private static McpOptions Options(TinyStudy tiny) => new() { Lab = tiny.Lab, Root = tiny.Folder };

    private sealed class Heard(Action<ProgressNotificationValue> hear) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => hear(value);
    }
}

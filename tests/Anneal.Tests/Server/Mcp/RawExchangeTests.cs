using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Benchmarks.Durability;
using ModelContextProtocol.Client;

namespace Anneal.Tests.Server.Mcp;

public sealed class RawExchangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_part_of_the_protocol_answers_and_nothing_else_is_printed()
    {
        using var tiny = new TinyStudy();
        using var server = new RawSession(tiny.Folder);
        var initialized = (await server.InitializeAsync()).GetProperty("result");
        initialized.GetProperty("serverInfo").GetProperty("name").GetString().ShouldBe("anneal");
        initialized.GetProperty("instructions").GetString()!.ShouldContain("positive is better");
        foreach (var capability in (string[])["tools", "resources", "prompts"]) initialized.GetProperty("capabilities").TryGetProperty(capability, out _).ShouldBeTrue(capability);

        var tools = (await server.AskAsync(2, "tools/list")).GetProperty("result").GetProperty("tools");
        tools.EnumerateArray().ShouldAllBe(tool => tool.GetProperty("inputSchema").GetProperty("additionalProperties").ValueKind == JsonValueKind.False);
        var doctor = (await server.CallAsync(3, "doctor", [])).GetProperty("result");
        doctor.GetProperty("structuredContent").GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "ANTHROPIC_API_KEY").GetProperty("value").GetString()!.ShouldStartWith("present");
        (await server.CallAsync(4, "recipe_keys", new JsonObject { ["prefx"] = "a" })).GetProperty("result").GetProperty("isError").GetBoolean().ShouldBeTrue();
        (await server.AskAsync(5, "resources/templates/list")).GetProperty("result").GetProperty("resourceTemplates").GetArrayLength().ShouldBe(3);
        (await server.AskAsync(6, "prompts/get", new JsonObject { ["name"] = "review_study", ["arguments"] = new JsonObject { ["study"] = "tiny" } }))
            .GetProperty("result").GetProperty("messages")[0].GetProperty("content").GetProperty("text").GetString()!.ShouldContain("sceptical");

        var (exit, log) = await server.EndAsync();
        exit.ShouldBe(0, log);
        log.ShouldContain("Serving lab");
        (log + string.Concat(server.Said)).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Errors_are_answered_and_the_server_goes_on()
    {
        using var tiny = new TinyStudy();
        using var server = new RawSession(tiny.Folder);
        await server.InitializeAsync();
        (await server.AskAsync(2, "no/such/method")).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32601);
        (await server.CallAsync(3, "no_such_tool", [])).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32602);
        (await server.AskAsync(4, "resources/read", new JsonObject { ["uri"] = "anneal://study/none/report" })).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("is no lab");
        (await server.AskAsync(5, "prompts/get", new JsonObject { ["name"] = "none" })).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("design_experiment");
        foreach (var junk in (string[])["{not json", "", "[]", "null", "{\"jsonrpc\":\"2.0\"}", "\u0000", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":3}"]) await server.SendAsync(junk);
        (await server.AskAsync(8, "ping")).TryGetProperty("result", out _).ShouldBeTrue();
        (await server.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_study_saves_its_state_while_the_server_answers_others_and_the_next_call_goes_on()
    {
        using var tiny = new TinyStudy(experiments: 1);
        using var server = new RawSession(tiny.Folder, "--lab", tiny.Lab, "--budget-flops", "1e15");
        await server.InitializeAsync();
        var run = RawSession.Request(2, "tools/call", new JsonObject { ["name"] = "study_run", ["arguments"] = new JsonObject { ["study"] = "study.yaml" }, ["_meta"] = new JsonObject { ["progressToken"] = "p" } });
        await server.SendAsync(run);
        await server.HearAsync(message => message.TryGetProperty("params", out var told) && told.TryGetProperty("message", out var words) && words.GetString()!.StartsWith("Measuring the baseline", StringComparison.Ordinal));
        (await server.AskAsync(3, "ping")).TryGetProperty("result", out _).ShouldBeTrue();
        await server.SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/cancelled", ["params"] = new JsonObject { ["requestId"] = 2, ["reason"] = "enough" } });

        JsonElement standing;
        for (var id = 10; ; id++)
        {
            standing = (await server.CallAsync(id, "study_status", new JsonObject { ["study"] = "tiny" })).GetProperty("result").GetProperty("structuredContent");
            if (!standing.GetProperty("here").GetBoolean()) break;
            await Task.Delay(50, Cancel);
        }

        standing.GetProperty("status").GetString().ShouldBe("interrupted");
        var told = server.Said.Select(line => JsonDocument.Parse(line).RootElement).Where(message => message.TryGetProperty("method", out _)).Select(message => message.GetProperty("params").GetProperty("progress").GetDouble()).ToList();
        told.Zip(told.Skip(1)).ShouldAllBe(pair => pair.Second > pair.First);
        (await server.CallAsync(5, "study_run", new JsonObject { ["study"] = "tiny" })).GetProperty("result").GetProperty("structuredContent").GetProperty("status").GetString().ShouldBe("done");
        (await server.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_is_killed_leaves_no_worker_behind_and_the_study_goes_on()
    {
        using var tiny = new TinyStudy();
        using (var server = new RawSession(tiny.Folder, "--lab", tiny.Lab, "--budget-flops", "1e15"))
        {
            await server.InitializeAsync();
            await server.CallAsync(2, "study_start", new JsonObject { ["study"] = "study.yaml" });
            await server.SendAsync(RawSession.Request(3, "tools/call", new JsonObject { ["name"] = "study_status", ["arguments"] = new JsonObject { ["study"] = "tiny", ["wait_seconds"] = 1 } }));
            await server.HearAsync(message => message.TryGetProperty("id", out var id) && id.GetInt32() == 3);
            server.Process.Kill();
            await server.Process.WaitForExitAsync(Cancel);
        }

        var study = await tiny.RunAsync(null, Cancel);
        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_SDKs_client_speaks_to_the_real_process()
    {
        using var tiny = new TinyStudy();
        await using var client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = "anneal",
            Command = "dotnet",
            Arguments = [Anneal.Tests.Cli.CliProgram.Path, "mcp"],
            WorkingDirectory = tiny.Folder,
        }), cancellationToken: Cancel);
        (await client.ListToolsAsync(cancellationToken: Cancel)).ShouldContain(tool => tool.Name == "propose_experiment");
        var estimate = await client.CallToolAsync("study_estimate", new Dictionary<string, object?> { ["study"] = "study.yaml" }, cancellationToken: Cancel);
        estimate.StructuredContent!.Value.GetProperty("study").GetString().ShouldBe("tiny");
    }
}

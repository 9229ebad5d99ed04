using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// The server itself: what the real one refuses, it refuses.
public sealed class MessagesServerTests
{
    private const string Good =
        """{"model":"claude-opus-5-5","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    private const string Tools = """ "tools":[{"name":"t","description":"d","input_schema":{"type":"object"}}], """;

    private static async Task<(HttpStatusCode Status, string Text)> Post(MessagesServer server, string body, Action<HttpRequestMessage>? change = null, string path = "/v1/messages")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", server.Key);
        request.Headers.Add("anthropic-version", "2026-10-21");
        change?.Invoke(request);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"hi"}]}""", "max_tokens: 0 is not between")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "at least one message")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"human","content":"hi"}]}""", "Unexpected role \\u0022human\\u0022")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":"hi"}]}""", "roles must alternate")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""", "roles must alternate")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", "does not support assistant message prefill")]
    [InlineData("""{"model":"m","max_tokens":1,"temperature":1,"messages":[{"role":"user","content":"a"}]}""", "temperature: Extra inputs are not permitted")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[]}]}""", "non-empty content")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":" "}]}]}""", "non-whitespace")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"thinking","thinking":"a","signature":"b"}]}]}""", "does not match any of the expected tags")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"a","note":1}]}]}""", "messages.0.content.0.text.note: Extra inputs")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}]}""", "unexpected `tool_use_id` found")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"x","name":"t","input":{}}]},{"role":"user","content":"b"}]}""", "`tool_use` ids were found without `tool_result` blocks immediately after: x")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"x","name":"t","input":{}}]},{"role":"user","content":[{"type":"text","text":"b"},{"type":"tool_result","tool_use_id":"x"}]}]}""", "must come before other content")]
    [InlineData("""{"model":"m","max_tokens":1,"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"a"}]}""", "is not supported for this model")]
    [InlineData("""{"model":"m","max_tokens":1,"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"a"}]}""", "forcing tool use is not supported")]
    [InlineData("""{"model":"m","max_tokens":1,"output_config":{"effort":"huge"},"messages":[{"role":"user","content":"a"}]}""", "output_config.effort")]
    [InlineData("""{"model":"m",""", "not valid JSON")]
    public async Task What_the_real_one_refuses_is_refused(string body, string words)
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Text("hi"));
        var (status, text) = await Post(server, body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(text)!["error"]!["message"]!.GetValue<string>().ShouldContain(words.Replace("\\u0022", "\""));
        server.Requests.ShouldBeEmpty();
        server.Refusals.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Headers_are_checked()
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Text("hi"));
        (await Post(server, Good)).Status.ShouldBe(HttpStatusCode.OK);
        (await Post(server, Good, r => r.Headers.Remove("x-api-key"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Post(server, Good, r => r.Headers.Remove("anthropic-version"))).Text.ShouldContain("header is required");
        (await Post(server, Good, r => { r.Headers.Remove("anthropic-version"); r.Headers.Add("anthropic-version", "2023-01-01"); })).Text.ShouldContain("is not a valid version");
        (await Post(server, Good, r => r.Content!.Headers.ContentType = new MediaTypeHeaderValue("text/plain"))).Text.ShouldContain("expected application/json");
        (await Post(server, Good, path: "/v1/complete")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Post(server, Good.Replace("claude-opus-5-5", "claude-9"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Post(server, Good.Replace("\"hi\"", $"\"{new string('x', 33 << 20)}\""))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Post(server, """{"model":"claude-opus-5-5","messages":[{"role":"user","content":"hi"}]}""", path: "/v1/messages/count_tokens")).Text.ShouldContain("input_tokens");
    }

    [Theory]
    [InlineData("thinking", "I thought otherwise", "Invalid `signature` in `thinking` block")]
    [InlineData("signature", "AAAA.BBBB", "Invalid `signature` in `thinking` block")]
    public async Task A_thought_that_was_altered_is_refused(string field, string value, string words)
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Text("hi", thinking: "well"));
        var content = JsonNode.Parse((await Post(server, Good)).Text)!["content"]!.AsArray();
        (await Post(server, Next(content))).Status.ShouldBe(HttpStatusCode.OK);
        content[0]![field] = value;
        (await Post(server, Next(content))).Text.ShouldContain(words);
    }

    [Fact]
    public async Task A_thought_behind_another_prefix_is_refused()
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Text("hi", thinking: "well"));
        var content = JsonNode.Parse((await Post(server, Good)).Text)!["content"]!.AsArray();
        (await Post(server, Next(content, first: "ho"))).Text.ShouldContain("bound to a different conversation");
    }

    [Fact]
    public async Task A_prefix_is_written_into_the_cache_once_and_read_from_it_after()
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Text("hi"));
        var body = $$$"""{"model":"claude-opus-5-5","max_tokens":100,{{{Tools}}}"system":[{"type":"text","text":"{{{new string('x', 4000)}}}","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"hi"}]}""";
        var usages = new[] { await Post(server, body), await Post(server, body) }.Select(reply => JsonNode.Parse(reply.Text)!["usage"]!).ToList();
        usages[0]["cache_read_input_tokens"]!.GetValue<int>().ShouldBe(0);
        usages[0]["cache_creation_input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(1000);
        usages[1]["cache_read_input_tokens"]!.GetValue<int>().ShouldBe(usages[0]["cache_creation_input_tokens"]!.GetValue<int>());
        usages[1]["cache_creation_input_tokens"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Events_come_in_the_order_of_the_real_api()
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Tool("t", """{"a":1}""", thinking: "well"));
        var (_, text) = await Post(server, Good.Replace("{\"model\"", "{\"stream\":true,\"model\""));
        text.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..]).ShouldBe(
        [
            "message_start", "ping", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
            "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop",
        ]);
    }

    private static string Next(JsonArray content, string first = "hi") => new JsonObject
    {
        ["model"] = "claude-opus-5-5",
        ["max_tokens"] = 100,
        ["messages"] = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = first },
            new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() },
            new JsonObject { ["role"] = "user", ["content"] = "and now?" }),
    }.ToJsonString();
}

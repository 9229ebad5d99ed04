using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Tests.Cli;

namespace Anneal.Tests.Server.Mcp;

/// <summary>The real <c>anneal mcp</c> process, spoken to in JSON-RPC by hand: one message a line.</summary>
internal sealed class RawSession : IDisposable
{
    private readonly Task<string> log;

    public RawSession(string folder, params string[] arguments)
    {
        Process = CliProgram.Start(["mcp", .. arguments], new() { ["ANTHROPIC_API_KEY"] = "sk-very-secret" }, folder);
        log = Process.StandardError.ReadToEndAsync();
    }

    public Process Process { get; }

    /// <summary>All that was ever said, for what must not be in it.</summary>
    public List<string> Said { get; } = [];

    public async Task<JsonElement> InitializeAsync()
    {
        var answer = await AskAsync(1, "initialize", new JsonObject { ["protocolVersion"] = "2025-06-18", ["capabilities"] = new JsonObject(), ["clientInfo"] = new JsonObject { ["name"] = "raw", ["version"] = "1" } });
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return answer;
    }

    public Task<JsonElement> CallAsync(int id, string tool, JsonObject arguments) => AskAsync(id, "tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });

    public async Task<JsonElement> AskAsync(int id, string method, JsonObject? parameters = null)
    {
        await SendAsync(Request(id, method, parameters));
        return await HearAsync(message => message.TryGetProperty("id", out var answered) && answered.GetInt32() == id);
    }

    public static JsonObject Request(int id, string method, JsonObject? parameters) => new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };

    public Task SendAsync(JsonObject message) => SendAsync(message.ToJsonString());

    public async Task SendAsync(string line)
    {
        await Process.StandardInput.WriteLineAsync(line);
        await Process.StandardInput.FlushAsync();
    }

    /// <summary>Reads until a message fits; every line is one of the protocol.</summary>
    public async Task<JsonElement> HearAsync(Func<JsonElement, bool> fits)
    {
        while (true)
        {
            var line = await Process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new EndOfStreamException("the server ended");
            Said.Add(line);
            var message = JsonDocument.Parse(line).RootElement;
            message.GetProperty("jsonrpc").GetString().ShouldBe("2.0");
            if (fits(message)) return message;
        }
    }

    /// <summary>Closes its input and waits for its end.</summary>
    /// <returns>Exit code and log.</returns>
    public async Task<(int ExitCode, string Log)> EndAsync()
    {
        Process.StandardInput.Close();
        await Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (Process.ExitCode, await log);
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.Dispose();
    }
}

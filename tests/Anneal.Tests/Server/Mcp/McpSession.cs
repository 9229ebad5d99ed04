using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using Anneal.Server.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Anneal.Tests.Server.Mcp;

/// <summary>A server in this process with the SDK's client on the other side of two pipes.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    private readonly Task service;
    private readonly Pipe toServer = new(), toClient = new();

    private McpSession(McpOptions options) =>
        service = LabServer.ServeAsync(options, toServer.Reader.AsStream(), toClient.Writer.AsStream(), Log.Enqueue, CancellationToken.None);

    public McpClient Client { get; private set; } = null!;

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What the user was asked.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <param name="options">Of the server.</param>
    /// <param name="says">What the user answers; null: this client cannot ask.</param>
    /// <param name="protocol">Revision; null: the newest.</param>
    public static async Task<McpSession> OpenAsync(McpOptions options, bool? says = null, string? protocol = null)
    {
        var session = new McpSession(options);
        var handlers = new McpClientHandlers();
        if (says is { } answer)
            handlers.ElicitationHandler = (question, _) =>
            {
                session.Asked.Enqueue(question!.Message);
                return ValueTask.FromResult(new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["go_ahead"] = JsonSerializer.SerializeToElement(answer) } });
            };
        session.Client = await McpClient.CreateAsync(
            new StreamClientTransport(session.toServer.Writer.AsStream(), session.toClient.Reader.AsStream()),
            new McpClientOptions { ClientInfo = new Implementation { Name = "test", Version = "1" }, Handlers = handlers, ProtocolVersion = protocol });
        return session;
    }

    /// <summary>Calls a tool that must succeed, and holds its answer against the schema that the tool declares.</summary>
    public async Task<JsonElement> CallAsync(string tool, object? arguments = null, IProgress<ProgressNotificationValue>? progress = null)
    {
        var result = await TryAsync(tool, arguments, progress);
        result.IsError.ShouldNotBe(true, Text(result));
        var declared = (await Client.ListToolsAsync()).Single(known => known.Name == tool).ProtocolTool.OutputSchema!.Value;
        Anneal.Lab.Providers.InputSchema.Check(JsonSerializer.SerializeToNode(declared)!.AsObject(), result.StructuredContent!.Value).ShouldBeEmpty();
        JsonElement.DeepEquals(JsonDocument.Parse(Text(result)).RootElement, result.StructuredContent.Value).ShouldBeTrue();
        return result.StructuredContent.Value;
    }

    /// <summary>Calls a tool that must fail; its words.</summary>
    public async Task<string> FailAsync(string tool, object? arguments = null)
    {
        var result = await TryAsync(tool, arguments);
        result.IsError.ShouldBe(true, Text(result));
        result.StructuredContent.ShouldBeNull();
        return Text(result);
    }

    public async Task<CallToolResult> TryAsync(string tool, object? arguments = null, IProgress<ProgressNotificationValue>? progress = null, CancellationToken cancel = default) =>
        await Client.CallToolAsync(tool, Arguments(arguments), progress, cancellationToken: cancel);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await toServer.Writer.CompleteAsync();
        await service.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static Dictionary<string, object?> Arguments(object? arguments) => arguments is null ? []
        : JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value);

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}

using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Anneal.Server.Mcp;

/// <summary>One call of a tool: its arguments, which have passed the schema, and the client behind it.</summary>
/// <param name="request">The request.</param>
/// <param name="arguments">An object.</param>
internal sealed class ToolCall(RequestContext<CallToolRequestParams> request, JsonElement arguments)
{
    private readonly Lock _gate = new();
    private float _progress;
    private Task _told = Task.CompletedTask;

    public McpServer Server => request.Server;

    /// <summary>Name that the client gives itself, shortened to letters, digits, dashes and dots.</summary>
    public string Client => string.Concat((request.Server.ClientInfo?.Name ?? "unknown").Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(40)) is { Length: > 0 } name ? name : "unknown";

    public string? Text(string name) => Find(name)?.GetString();

    public string Required(string name) => Text(name)!;

    public double? Number(string name) => Find(name)?.GetDouble();

    public int? Whole(string name) => (int?)Find(name)?.GetDouble();

    public bool Flag(string name) => Find(name)?.GetBoolean() ?? false;

    public JsonElement? Find(string name) => arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public IReadOnlyList<string> Texts(string name) => Find(name)?.EnumerateArray().Select(item => item.GetString()!).ToList() ?? [];

    /// <summary>Tells the client where the work stands, if it asked to be told; what it cannot be told is dropped.</summary>
    /// <param name="message">In a sentence.</param>
    /// <param name="share">Share of the work that is done, 0 to 1; null where nobody knows.</param>
    public void Tell(string message, double? share = null)
    {
        if (request.Params?.ProgressToken is not { } token) return;
        lock (_gate)
        {
            // Percent. The protocol wants each progress above the last.
            _progress = Math.Max(100 * (float)(share ?? 0), _progress + 0.001f);
            _told = SendAsync(_told, token, new() { Progress = _progress, Total = 100, Message = message });
        }
    }

    /// <summary>All that was told is on its way: nothing comes after the answer.</summary>
    public Task ToldAsync()
    {
        lock (_gate) return _told;
    }

    private async Task SendAsync(Task before, ProgressToken token, ProgressNotificationValue value)
    {
        await before;
        try
        {
            await request.Server.NotifyProgressAsync(token, value);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or McpException)
        {
            // The client is gone; its request is cancelled by others.
        }
    }
}

using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// What a script lets the server do: answer, or fail as the real one does. Thoughts are signed by the server.
internal sealed record ServerReply
{
    public IReadOnlyList<JsonObject> Content { get; init; } = [];

    public string StopReason { get; init; } = "end_turn";

    public string? StopDetail { get; init; }

    // A no instead of an answer.
    public ApiError? Error { get; init; }

    // After so many events the connection is cut, ...
    public int? CutAfter { get; init; }

    // ... or ends as if all were well, ...
    public int? EndAfter { get; init; }

    // ... or says no in the middle of the stream, ...
    public (int After, ApiError Error)? Break { get; init; }

    // ... or falls silent until the client gives up; 0: before the answer begins.
    public int? SilentAfter { get; init; }

    // Time between events, in which pings are sent.
    public TimeSpan Pause { get; init; }

    public static ServerReply Text(string text, string? thinking = null) => new() { Content = [.. Thinking(thinking), TextBlock(text)] };

    public static ServerReply Tool(string name, string input, string? thinking = null) => Tools(thinking, (name, input));

    // Input is sent as it stands, so that it can be no JSON.
    public static ServerReply Tools(string? thinking, params (string Name, string Input)[] calls) =>
        new() { Content = [.. Thinking(thinking), .. calls.Select(call => new JsonObject { ["type"] = "tool_use", ["name"] = call.Name, ["input"] = call.Input })], StopReason = "tool_use" };

    public static ServerReply Empty() => new();

    public static ServerReply Refusal(string why) => new() { StopReason = "refusal", StopDetail = why };

    public static ServerReply Stops(string reason, params JsonObject[] content) => new() { Content = content, StopReason = reason };

    public static ServerReply Fail(int status, string? message = null, int? retryAfter = null) => new()
    {
        Error = new ApiError(status, status switch
        {
            400 => "invalid_request_error",
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            _ => "api_error",
        }, message ?? $"scripted {status}")
        { RetryAfter = retryAfter },
    };

    public static JsonObject TextBlock(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject[] Thinking(string? thinking) => thinking is null ? [] : [new JsonObject { ["type"] = "thinking", ["thinking"] = thinking }];
}

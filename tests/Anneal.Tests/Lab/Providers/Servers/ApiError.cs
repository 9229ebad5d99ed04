using System.Text.Json.Nodes;

namespace Anneal.Tests.Lab.Providers.Servers;

// A no of the Messages API, in its words.
internal sealed record ApiError(int Status, string Type, string Message)
{
    public int? RetryAfter { get; init; }

    public static ApiError Invalid(string message) => new(400, "invalid_request_error", message);

    public JsonObject ToJson() => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = Type, ["message"] = Message },
    };
}

// Thrown by the rules, caught by the server.
internal sealed class ApiRefusal(ApiError error) : Exception(error.Message)
{
    public ApiError Error { get; } = error;
}

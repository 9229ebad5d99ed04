using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>Reads what an HTTP provider's no means; both wires use the same statuses.</summary>
internal static class WireFailure
{
    private static readonly string[] tooLong = ["prompt is too long", "context_length_exceeded"];
    private static readonly string[] unpaid = ["credit balance is too low", "insufficient_quota", "billing"];

    /// <summary>Kind of a status that is no success.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">Body of the answer: some say by words what has no status of its own.</param>
    public static ModelFailure Of(HttpStatusCode status, string? body)
    {
        if ((int)status < 500 && Says(tooLong)) return ModelFailure.TooLarge;
        // An account without credit is as good as a wrong key: nothing changes by asking again.
        if ((int)status is 400 or 402 or 429 && Says(unpaid)) return ModelFailure.Unauthorised;
        return (int)status switch
        {
            401 or 403 => ModelFailure.Unauthorised,
            413 => ModelFailure.TooLarge,
            429 => ModelFailure.RateLimited,
            408 or 409 or >= 500 => ModelFailure.Unavailable,
            _ => ModelFailure.Rejected,
        };

        bool Says(string[] words) => body is not null && words.Any(word => body.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The provider's own words, shortened.</summary>
    /// <param name="body">Body of the answer.</param>
    public static string MessageOf(string? body)
    {
        try
        {
            var error = JsonNode.Parse(body ?? "")?["error"];
            var message = (error as JsonObject)?["message"]?.ToString() ?? error?.ToString();
            var type = (error as JsonObject)?["type"]?.ToString();
            if (message is not null) return Shorten(type is null ? message : $"{type}: {message}");
        }
        catch (JsonException)
        {
            // A proxy's page, for example.
        }
        return Shorten(body is { Length: > 0 } ? body : "without a word");
    }

    /// <summary>An exception's words, innermost last.</summary>
    public static string Words(Exception e)
    {
        var words = new List<string>();
        for (var at = e; at is not null; at = at.InnerException)
            if (!words.Contains(at.Message)) words.Add(at.Message);
        return Shorten(string.Join(": ", words));
    }

    private static string Shorten(string text) => text.Length <= 600 ? text : $"{text[..600]}...";
}

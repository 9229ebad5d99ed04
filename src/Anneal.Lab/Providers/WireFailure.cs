using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>Reads what an HTTP provider's no means; both wires use the same statuses.</summary>
internal static class WireFailure
{
    /// <summary>Kind of a status that is no success.</summary>
    public static ModelFailure Of(HttpStatusCode status) => (int)status switch
    {
        401 or 403 => ModelFailure.Unauthorised,
        413 => ModelFailure.TooLarge,
        429 => ModelFailure.RateLimited,
        408 or 409 or >= 500 => ModelFailure.Unavailable,
        _ => ModelFailure.Rejected,
    };

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

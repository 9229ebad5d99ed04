using System.Text.Json;
using Anneal.Runs.Recipes;

namespace Anneal.Runs.Protocol;

/// <summary>Asks a worker to check the code of a recipe, without data.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Recipe">The recipe; its <c>code</c> section names the sources.</param>
/// <param name="Vocab">Vocabulary of its tokenizer.</param>
/// <param name="Steps">Steps of the whole run, as far as they are known; the schedule is asked for each.</param>
/// <param name="Code">The compiled proposals.</param>
public sealed record CheckRequest(string Id, Recipe Recipe, int Vocab, long Steps, CodeOrder Code)
{
    /// <summary>The line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ProtocolJson.Default.CheckRequest);
}

/// <summary>What the worker found.</summary>
/// <param name="Id">Of the request.</param>
/// <param name="FlopsPerStep">Floating-point operations of a step; 0 where there are problems.</param>
/// <param name="Parameters">Learned numbers; 0 where there are problems.</param>
/// <param name="Problems">What is wrong with the code, in sentences.</param>
/// <param name="Error">Why nothing could be checked, or null.</param>
public sealed record CheckResponse(string Id, double FlopsPerStep = 0, long Parameters = 0, IReadOnlyList<string>? Problems = null, string? Error = null)
{
    /// <summary>The line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ProtocolJson.Default.CheckResponse);

    /// <summary>Reads a line; null where it is none.</summary>
    public static CheckResponse? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProtocolJson.Default.CheckResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

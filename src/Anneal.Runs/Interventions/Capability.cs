using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>What a trainer says it can be told, by the words of <see cref="RunStatus.Capabilities"/>.</summary>
internal static class Capability
{
    private static readonly Dictionary<ControlVerb, string> words = Enum.GetValues<ControlVerb>().ToDictionary(verb => verb, verb => JsonNamingPolicy.SnakeCaseLower.ConvertName(verb.ToString()));

    /// <summary>A command's word: <c>set_lr_scale</c>.</summary>
    public static string Word(ControlVerb verb) => words[verb];

    /// <summary>Whether a trainer understands a command; null capabilities understand all.</summary>
    public static bool Has(IReadOnlyCollection<string>? capabilities, ControlVerb verb) => capabilities is null || capabilities.Contains(words[verb]);
}

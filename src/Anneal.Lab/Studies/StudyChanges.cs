using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anneal.Lab.Studies;

/// <summary>What differs between a study as it was started and its file now.</summary>
internal static class StudyChanges
{
    /// <summary>Keys with both values. Limits on time and money may change at any time; paths are judged by what lies there.</summary>
    /// <param name="started">As it was started.</param>
    /// <param name="asked">As it is asked for now.</param>
    /// <param name="baselineStarted">Baseline recipe then (canonical YAML).</param>
    /// <param name="baselineAsked">Baseline recipe now.</param>
    public static IReadOnlyList<string> Find(StudySpec started, StudySpec asked, string baselineStarted, string baselineAsked)
    {
        var changes = new List<string>();
        Compare("", Comparable(started), Comparable(asked), changes);
        if (baselineStarted == baselineAsked) return changes;
        var before = baselineStarted.Split('\n');
        foreach (var (line, i) in baselineAsked.Split('\n').Select((line, i) => (line, i)))
            if (i >= before.Length || before[i] != line) changes.Add($"recipe: {line.Trim()} (was {(i < before.Length ? before[i].Trim() : "not there")})");
        return changes;
    }

    private static JsonNode Comparable(StudySpec spec) => JsonSerializer.SerializeToNode(
        spec with { Recipe = "", Corpus = "", Budget = spec.Budget with { Seconds = null, Usd = null, Runs = null }, Subject = spec.Subject is { } subject ? subject with { Path = "" } : null }, Ledger.Ledger.Json)!;

    private static void Compare(string key, JsonNode? before, JsonNode? after, List<string> changes)
    {
        if (before is JsonObject a && after is JsonObject b)
        {
            foreach (var name in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                Compare(key.Length == 0 ? name : $"{key}.{name}", a[name], b[name], changes);
        }
        else if (!JsonNode.DeepEquals(before, after))
        {
            changes.Add($"{key} is {after?.ToJsonString() ?? "null"} (was {before?.ToJsonString() ?? "null"})");
        }
    }
}

namespace Anneal.Lab.Reports;

/// <summary>One recipe key that two recipes set differently; null where one of them lacks it.</summary>
/// <param name="Key">Dotted key, for example <c>model.position.kind</c>.</param>
/// <param name="Before">Value in the first recipe.</param>
/// <param name="After">Value in the second.</param>
public sealed record RecipeDifference(string Key, string? Before, string? After);

/// <summary>Compares canonical recipes (one key a line, sections by indentation, every default printed) key by key; it reads those of other versions too.</summary>
public static class RecipeDiff
{
    /// <summary>The keys that differ, in the first recipe's order, then those that only the second has.</summary>
    public static IReadOnlyList<RecipeDifference> Between(string before, string after)
    {
        var (first, second) = (Flatten(before), Flatten(after));
        return [.. first.Keys.Concat(second.Keys).Distinct()
            .Select(key => new RecipeDifference(key, first.GetValueOrDefault(key), second.GetValueOrDefault(key)))
            .Where(difference => difference.Before != difference.After)];
    }

    /// <summary>Dotted keys and scalar values of canonical YAML, in order; a list is one value.</summary>
    internal static IReadOnlyDictionary<string, string> Flatten(string yaml)
    {
        var values = new Dictionary<string, string>();
        var path = new List<(int Indent, string Key)>();
        foreach (var line in yaml.Split('\n').Select(line => line.TrimEnd('\r', ' ')).Where(line => line.Length > 0))
        {
            var text = line.TrimStart(' ');
            var indent = line.Length - text.Length;
            if (text.StartsWith('#'))
                continue;
            path.RemoveAll(part => part.Indent >= indent);
            var colon = text.IndexOf(':');
            if (colon < 0)
                continue;
            path.Add((indent, text[..colon].Trim()));
            if (text[(colon + 1)..].Trim() is { Length: > 0 } value)
                values[string.Join('.', path.Select(part => part.Key))] = value;
        }

        return values;
    }
}

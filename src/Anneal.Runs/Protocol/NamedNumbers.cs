using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Anneal.Runs.Protocol;

/// <summary>
/// A few numbers by name, in the order in which they were said. Smaller than a dictionary and made without hashing: names are
/// shared by all lines that say the same, and a look-up compares them one by one.
/// </summary>
/// <param name="names">Each once.</param>
/// <param name="values">As many.</param>
internal sealed class NamedNumbers(string[] names, double[] values) : IReadOnlyDictionary<string, double>
{
    /// <summary>No numbers.</summary>
    public static NamedNumbers None { get; } = new([], []);

    public int Count => values.Length;

    public IEnumerable<string> Keys => names;

    public IEnumerable<double> Values => values;

    public double this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}' here.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (!string.Equals(names[i], key)) continue;
            value = values[i];
            return true;
        }
        value = 0;
        return false;
    }

    public IEnumerator<KeyValuePair<string, double>> GetEnumerator()
    {
        for (var i = 0; i < names.Length; i++) yield return new(names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

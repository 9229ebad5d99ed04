namespace Anneal.Runs.Yaml;

/// <summary>
/// A mapping, read by asking for its keys. A value of the wrong type, out of range or missing is noted and the fallback
/// returned, so that one reading finds all errors; keys that nobody asked for are errors once <see cref="YamlReader.Finish"/> is called.
/// </summary>
public sealed class YamlMap : YamlValue
{
    private readonly Dictionary<string, YamlEntry> byKey = new(StringComparer.Ordinal);
    private readonly List<string> asked = [];
    private readonly List<string> missing = [];
    private bool open;

    internal YamlMap(YamlReader reader, int line, int column, string path, IReadOnlyList<YamlEntry> entries) : base(reader, line, column)
    {
        (Path, Entries) = (path, entries);
        foreach (var entry in entries) byKey[entry.Key] = entry;
    }

    /// <summary>Keys that lead here, with dots; empty at the root.</summary>
    public string Path { get; }

    /// <summary>Entries in the file's order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    internal override string Description => "a mapping";

    /// <summary>Whether the key is written. Counts as asking for it.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Value of a key, or <paramref name="fallback"/> where it is missing or wrong.</summary>
    public T Get<T>(string key, Scalar<T> type, T fallback) =>
        Find(key) is { } entry && TryRead(entry.Value, Name(key), type, out var value) ? value : fallback;

    /// <summary>Value of a key that must be written.</summary>
    public T Require<T>(string key, Scalar<T> type)
    {
        if (Find(key) is { } entry) return TryRead(entry.Value, Name(key), type, out var value) ? value : default!;
        missing.Add($"`{Name(key)}` is missing: expected {type.Expectation}");
        return default!;
    }

    /// <summary>A list of scalars (one scalar alone counts as a list of one), or <paramref name="fallback"/>.</summary>
    public IReadOnlyList<T> List<T>(string key, Scalar<T> type, IReadOnlyList<T> fallback)
    {
        if (Find(key) is not { } entry) return fallback;
        var items = entry.Value is YamlList list ? list.Items : [entry.Value];
        var values = new List<T>(items.Count);
        foreach (var item in items)
            if (TryRead(item, $"{Name(key)}.{values.Count}", type, out var value)) values.Add(value);
        return values;
    }

    /// <summary>A mapping from free names to scalars, in the file's order; empty where the key is missing.</summary>
    public IReadOnlyDictionary<string, T> Dictionary<T>(string key, Scalar<T> type)
    {
        var values = new Dictionary<string, T>(StringComparer.Ordinal);
        if (Find(key) is not { } entry || AsMap(entry, key) is not { } map) return values;
        foreach (var item in map.Entries)
            if (TryRead(item.Value, $"{Name(key)}.{item.Key}", type, out var value)) values[item.Key] = value;
        return values;
    }

    /// <summary>The mapping under a key; an empty one where the key is missing, so that its defaults are read.</summary>
    public YamlMap Map(string key)
    {
        var map = (Find(key) is { } entry ? AsMap(entry, key) : null) ?? new YamlMap(Reader, Line, Column, Name(key), []);
        map.open = true;
        return map;
    }

    /// <summary>Mappings from free names to mappings, in the file's order; empty where the key is missing.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlMap>> Maps(string key)
    {
        if (Find(key) is not { } entry || AsMap(entry, key) is not { } maps) return [];
        var values = new List<KeyValuePair<string, YamlMap>>(maps.Entries.Count);
        foreach (var item in maps.Entries)
        {
            if (maps.AsMap(item, item.Key) is not { } map) continue;
            map.open = true;
            values.Add(new(item.Key, map));
        }
        return values;
    }

    /// <summary>Notes an error at the value of a key (at this mapping, where the key is not written).</summary>
    public void Fail(string key, string problem)
    {
        if (byKey.TryGetValue(key, out var entry)) entry.Value.Fail(problem);
        else Fail(problem);
    }

    /// <summary>Reads a scalar value; notes an error and returns false where it is not valid.</summary>
    internal static bool TryRead<T>(YamlValue value, string name, Scalar<T> type, out T result)
    {
        result = default!;
        string? hint = null;
        if (value is YamlText text
            && (type.AllowsNull || !(text.Plain && Scalar.IsNull(text.Text)))
            && type.Read(text.Text, out result, out hint)) return true;
        value.Fail(Wrong(name, value.Description, type.Expectation, hint));
        return false;
    }

    /// <summary>The one form of "wrong value" messages.</summary>
    internal static string Wrong(string name, string found, string expectation, string? hint) =>
        $"`{name}` is {found}: expected {expectation}{(hint is null ? "" : $"; {hint}")}";

    /// <summary>Notes the keys that nobody asked for, and required ones that are missing.</summary>
    internal void Close()
    {
        if (open)
            foreach (var entry in Entries.Where(e => !asked.Contains(e.Key, StringComparer.Ordinal)))
                entry.FailAsUnknown(Name(entry.Key), asked);
        foreach (var lack in missing)
            if (!Entries.Any(e => NearestWord.Find(e.Key, asked) is { } near && lack.StartsWith($"`{Name(near)}`", StringComparison.Ordinal) && near != e.Key))
                Fail(lack);
        foreach (var entry in Entries) (entry.Value as YamlMap)?.Close();
    }

    internal void Open() => open = true;

    private string Name(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private YamlEntry? Find(string key)
    {
        if (!asked.Contains(key, StringComparer.Ordinal)) asked.Add(key);
        return byKey.GetValueOrDefault(key);
    }

    private YamlMap? AsMap(YamlEntry entry, string key)
    {
        if (entry.Value is YamlMap map) return map;
        // A key with nothing after it is an empty section.
        if (entry.Value is not YamlText { Plain: true } text || !Scalar.IsNull(text.Text))
            entry.Value.Fail(Wrong(Name(key), entry.Value.Description, "a mapping, its keys indented below", null));
        return null;
    }
}

/// <summary>A key and its value.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="Line">Line of the key, from 1.</param>
/// <param name="Column">Column of the key, from 1.</param>
/// <param name="Value">Its value.</param>
public sealed record YamlEntry(string Key, int Line, int Column, YamlValue Value)
{
    internal void FailAsUnknown(string name, IReadOnlyCollection<string> valid) =>
        Value.Reader.Fail(Line, Column, $"unknown key `{name}`; {NearestWord.Hint(Key, valid)}");
}

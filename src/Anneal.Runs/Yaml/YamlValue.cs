namespace Anneal.Runs.Yaml;

/// <summary>A value of a YAML file and where it stands.</summary>
public abstract class YamlValue
{
    private protected YamlValue(YamlReader reader, int line, int column) => (Reader, Line, Column) = (reader, line, column);

    /// <summary>Line of its first character, from 1.</summary>
    public int Line { get; }

    /// <summary>Column of its first character, from 1.</summary>
    public int Column { get; }

    internal YamlReader Reader { get; }

    /// <summary>Notes an error at this value.</summary>
    public void Fail(string problem) => Reader.Fail(Line, Column, problem);

    /// <summary>What it is, for messages: <c>a list</c>, <c>`abc`</c>.</summary>
    internal abstract string Description { get; }
}

/// <summary>A scalar.</summary>
public sealed class YamlText : YamlValue
{
    internal YamlText(YamlReader reader, int line, int column, string text, bool plain) : base(reader, line, column) => (Text, Plain) = (text, plain);

    /// <summary>Its text, without quotes.</summary>
    public string Text { get; }

    /// <summary>Written without quotes, so that <c>null</c> means null.</summary>
    public bool Plain { get; }

    internal override string Description => Plain && Scalar.IsNull(Text) ? "nothing" : $"`{Text}`";
}

/// <summary>A list.</summary>
public sealed class YamlList : YamlValue
{
    internal YamlList(YamlReader reader, int line, int column, IReadOnlyList<YamlValue> items) : base(reader, line, column) => Items = items;

    /// <summary>Its items in order.</summary>
    public IReadOnlyList<YamlValue> Items { get; }

    internal override string Description => "a list";
}

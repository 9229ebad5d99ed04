using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Anneal.Runs.Yaml;

/// <summary>
/// Reads one YAML file strictly: a mapping at the root, every key known and written once, spaces for indentation, no anchors or tags.
/// Errors are collected while the <see cref="Root"/> is read and thrown together, in the file's order, by <see cref="Finish"/>.
/// </summary>
public sealed class YamlReader
{
    private const int MostBytes = 1 << 20, MostDepth = 16;
    private readonly List<InputError> errors = [];

    private YamlReader(string file)
    {
        File = file;
        Root = new YamlMap(this, 0, 0, "", []);
    }

    private YamlReader(string file, string text) : this(file)
    {
        Root = Read(text);
        Root.Open();
    }

    /// <summary>Name for messages.</summary>
    public string File { get; }

    /// <summary>The file's mapping.</summary>
    public YamlMap Root { get; }

    /// <summary>Opens a file. Missing, unreadable, too large (1 MiB) or not UTF-8: <see cref="InputException"/>.</summary>
    public static YamlReader Open(string path) => new(path, ReadText(path));

    /// <summary>Reads a text; <paramref name="name"/> stands for the file in messages.</summary>
    public static YamlReader Parse(string text, string name) => new(name, text);

    /// <summary>
    /// The value of an argument (<c>--set key=value</c>): YAML where it opens with a quote or a bracket, else a plain scalar as it stands.
    /// Its errors name <paramref name="argument"/> and no line.
    /// </summary>
    internal static YamlValue ReadArgument(string argument, string text)
    {
        if (text.TrimStart() is ['"' or '\'' or '{' or '[', ..]) return new YamlReader(argument, $"value: {text}").Root.Entries[0].Value;
        return new YamlText(new YamlReader(argument), 0, 0, text.Trim(), plain: true);
    }

    /// <summary>Notes an error; <see cref="Finish"/> throws it.</summary>
    public void Fail(int line, int column, string problem) => errors.Add(new(File, line, column, problem));

    /// <summary>Notes unknown and missing keys, then throws all errors found as one <see cref="InputException"/>.</summary>
    public void Finish()
    {
        Root.Close();
        ThrowIfFailed();
    }

    /// <summary>The errors noted so far.</summary>
    internal IReadOnlyList<InputError> Errors => errors;

    /// <summary>Throws the errors noted so far.</summary>
    internal void ThrowIfFailed()
    {
        if (errors.Count > 0) throw new InputException([.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column)]);
    }

    private static string ReadText(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new InputException(path, "is a directory: expected a YAML file");
            if (!System.IO.File.Exists(path)) throw new InputException(path, $"no such file{Neighbour(path)}");
            if (new FileInfo(path).Length is > MostBytes and var length) throw new InputException(path, $"has {length} bytes: expected a YAML file of at most {MostBytes}");
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(System.IO.File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(path, $"is not UTF-8 text (byte {e.Index}): expected a YAML file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, $"cannot be read: {e.Message}");
        }
    }

    private static string Neighbour(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || !Directory.Exists(folder)) return $"; its folder `{folder}` does not exist either";
        var names = Directory.EnumerateFiles(folder, "*.y*ml").Select(f => Path.GetFileName(f)).Take(100).ToArray();
        return NearestWord.Find(Path.GetFileName(path), names) is { } near ? $"; did you mean `{near}`?" : "";
    }

    private YamlMap Read(string text)
    {
        if (text.IndexOf('\0') is >= 0 and var nul) throw new InputException(File, $"holds a NUL character (at {nul}): expected a YAML text");
        try
        {
            // Not the representation model: that one forgets where a duplicate's first key stood, and expands aliases.
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _)) throw new InputException(File, 1, 1, "the file is empty: expected a mapping of keys to values");
            var value = ReadValue(parser, "", 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second)) throw At(second, "a second document starts here: expected one document a file");
            ThrowIfFailed();
            if (value is YamlMap map) return map;
            throw value is YamlText { Plain: true, Text: "" }
                ? new InputException(File, 1, 1, "the file is empty: expected a mapping of keys to values")
                : new InputException(File, value.Line, value.Column, $"the file holds {value.Description}: expected a mapping of keys to values");
        }
        catch (YamlException e)
        {
            throw Syntax(text, e);
        }
    }

    private YamlValue ReadValue(Parser parser, string path, int depth)
    {
        var start = parser.Current!;
        if (start is AnchorAlias) throw At(start, "an alias (`*name`): write the value out");
        if (start is NodeEvent { Anchor.IsEmpty: false }) throw At(start, "an anchor (`&name`): write the value out where it is needed");
        if (start is NodeEvent { Tag.IsEmpty: false }) throw At(start, "a tag (`!name`): the key alone decides the type");
        if (depth > MostDepth) throw At(start, $"nested deeper than {MostDepth} levels");
        var (line, column) = ((int)start.Start.Line, (int)start.Start.Column);
        if (parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var scalar)) return new YamlText(this, line, column, scalar.Value, scalar.Style == ScalarStyle.Plain);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlValue>();
            while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadValue(parser, $"{path}.{items.Count}", depth + 1));
            return new YamlList(this, line, column, items);
        }
        parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyStart = parser.Current!;
            if (ReadValue(parser, path, depth + 1) is not YamlText key) throw At(keyStart, "a key that is itself a mapping or a list: expected a word (quote text that starts with `{` or `[`)");
            var name = path.Length == 0 ? key.Text : $"{path}.{key.Text}";
            var entry = new YamlEntry(key.Text, key.Line, key.Column, ReadValue(parser, name, depth + 1));
            if (entries.Find(e => e.Key == entry.Key) is { } first)
                Fail(entry.Line, entry.Column, $"duplicate key `{name}`: already set in line {first.Line}; keep one");
            else entries.Add(entry);
        }
        return new YamlMap(this, line, column, path, entries);
    }

    private InputException At(ParsingEvent place, string problem) => new(File, (int)place.Start.Line, (int)place.Start.Column, problem);

    private InputException Syntax(string text, YamlException e)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length).IndexOf('\t') is >= 0 and var tab && lines[i].Trim().Length > 0)
                return new(File, i + 1, tab + 1, "a tab in the indentation: YAML indents with spaces");
        return new(File, (int)e.Start.Line, (int)e.Start.Column, $"not valid YAML: {e.Message.TrimEnd('.')}; check colons, quotes and indentation here and in the line above");
    }
}

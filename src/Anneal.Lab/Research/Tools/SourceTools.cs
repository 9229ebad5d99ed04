using System.Reflection;
using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>read_source</c>: the engine's own source, for those who write code against it. It lies in this assembly; no file is opened.</summary>
internal static class SourceTools
{
    private const string Prefix = "source/";
    private const int Lines = 240;

    private static readonly Dictionary<string, string> files = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name => name, StringComparer.Ordinal);

    /// <summary>Paths of all files, sorted.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. files.Keys.Order(StringComparer.Ordinal)];

    public static Tool ReadSource() => new(
        new ToolSpec("read_source", "Source of the engine (C#). Without a path: the list of files. `Custom/` is what proposed code builds on; start there.", ToolSchema.Object(
            ("path?", ToolSchema.Text("File, for example `Optimizers/AdamW.cs`, or a folder, for example `Layers`.", 120)),
            ("from_line?", ToolSchema.Whole($"First line to show; {Lines} lines are shown at a time.", 1, 100_000)))),
        (input, _) =>
        {
            var path = input.Text("path") ?? "";
            var below = Paths.Where(file => path.Length == 0 || file.StartsWith($"{path.TrimEnd('/')}/", StringComparison.Ordinal)).ToList();
            if (below.Count > 0) return Task.FromResult(new ToolAnswer(string.Join('\n', below)));
            if (!files.TryGetValue(path, out var resource))
                return Task.FromResult(new ToolAnswer($"There is no source file `{TextTable.Line(path, 80)}` here: only the engine's files can be read, by the paths of the list. {Near(path)}", IsError: true));
            return Task.FromResult(new ToolAnswer(Page(resource, path, input.Whole("from_line") ?? 1)));
        });

    private static string Near(string path)
    {
        var near = Paths.FirstOrDefault(file => Path.GetFileName(file) == path.Split('/', '\\')[^1]) ?? NearestWord.Find(path, Paths);
        return near is null ? "Call read_source without a path for the list." : $"Did you mean `{near}`?";
    }

    private static string Page(string resource, string path, int from)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        var lines = reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var last = Math.Min(lines.Length, from + Lines - 1);
        return $"{path}, lines {from} to {last} of {lines.Length}\n{string.Join('\n', lines.Skip(from - 1).Take(Lines))}{(last < lines.Length ? $"\n(from_line {last + 1} shows more)" : "")}";
    }
}

using System.Text.RegularExpressions;

namespace Anneal.Tests.Docs;

/// <summary>The documents of this repository and the fenced blocks in them.</summary>
internal static partial class Snippets
{
    /// <summary>The repository's root, found above the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every Markdown file, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Documents =>
        Directory.EnumerateFiles(Root, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(new[] { "docs", "samples" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The bodies of a document's fenced blocks in the given language, in order.</summary>
    public static string[] Blocks(string document, string language) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Root, document))).Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["body"].Value)];

    /// <summary>Targets of a document's links to files of the repository, without their anchors.</summary>
    public static IEnumerable<string> Links(string document) =>
        Link().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(m => m.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Anneal.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No Anneal.slnx above {AppContext.BaseDirectory}: the document tests run inside a checkout.");
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}

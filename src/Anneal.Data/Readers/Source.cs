using System.Security.Cryptography;
using System.Text;

namespace Anneal.Data.Readers;

/// <summary>A source of text, resolved: what will be read, and its documents when they are asked for.</summary>
/// <param name="Origin">What is read in fact, for people: reader, place, versions.</param>
/// <param name="Files">The files behind it, in reading order; empty for standard input.</param>
/// <param name="Documents">The documents, read lazily, in an order that depends on the files only.</param>
public sealed record Source(string Origin, IReadOnlyList<string> Files, IEnumerable<Document> Documents)
{
    /// <summary>The documentation of the SDK that runs us.</summary>
    public const string DotnetDocsName = "dotnet-docs";

    /// <summary>The system's manual.</summary>
    public const string ManPagesName = "man-pages";

    /// <summary>JSON lines on standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>
    /// Resolves <c>dotnet-docs</c> (falling back to the manual), <c>man-pages</c>, <c>-</c>, or a path to a file or folder.
    /// </summary>
    /// <exception cref="CorpusException">There is no such source, or nothing in it that can be read.</exception>
    public static Source Open(string source, CorpusOptions options) => source switch
    {
        DotnetDocsName => OpenDotnetDocs(options),
        ManPagesName => OpenManPages(options) ?? throw new CorpusException($"no manual pages under {ManPages.Root}; name your own text with --corpus PATH"),
        StandardInput => new Source("standard input, JSON lines", [], JsonLines.Read(Console.OpenStandardInput(), "standard input", "stdin")),
        _ => TextFiles.Open(source, options),
    };

    /// <summary>One line that changes when a file's path, size or time does.</summary>
    public static string Stamp(IEnumerable<Source> sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in sources.SelectMany(s => s.Files).Select(path => new FileInfo(path)))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.FullName}\t{file.Length}\t{file.LastWriteTimeUtc.Ticks}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Source OpenDotnetDocs(CorpusOptions options)
    {
        var found = DotnetPacks.Find();
        if (found.Count > 0)
        {
            var files = DotnetPacks.WithoutCopies(found);
            var copies = found.Count == files.Count ? "" : $", without {found.Count - files.Count} copied files";
            return new Source($"{DotnetDocsName}: {string.Join(", ", DotnetPacks.Versions(found))}{copies}", files, DotnetDocs.Read(files));
        }
        return OpenManPages(options) ?? throw new CorpusException(
            "no documentation XML beside the SDK's reference assemblies (packs/*.Ref/*/ref/*/*.xml), and no manual pages under " +
            $"{ManPages.Root}; set DOTNET_ROOT to an SDK that has it, or name your own text with --corpus PATH");
    }

    private static Source? OpenManPages(CorpusOptions options)
    {
        var files = ManPages.Find(ManPages.Root);
        return files.Count == 0 ? null : new Source($"{ManPagesName}: {ManPages.Root}", files, ManPages.Read(files, options.LongestDocument));
    }
}

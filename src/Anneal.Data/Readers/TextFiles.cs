using System.Text;

namespace Anneal.Data.Readers;

/// <summary>Reads a file or a folder of <c>.txt</c>, <c>.md</c> and <c>.jsonl</c>, each possibly with <c>.gz</c>.</summary>
internal static class TextFiles
{
    private const string Expected = "expected .txt, .md or .jsonl, each possibly with .gz";

    /// <summary>Share of characters that may be NUL or undecodable before a file counts as binary.</summary>
    private const double Rubbish = 0.01;

    /// <summary>Resolves a path; files of a folder are read in ordinal order of path, hidden ones left out.</summary>
    public static Source Open(string path, CorpusOptions options)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
        {
            var kind = Kind(path) ?? throw new CorpusException($"unknown kind of file '{Path.GetExtension(path)}', {Expected}", path);
            return new Source($"file: {path}", [path], ReadFile(path, kind, BareName(path), options.LongestDocument));
        }
        if (!Directory.Exists(path))
            throw new CorpusException($"no such file or folder; a corpus is {Source.DotnetDocsName}, {Source.ManPagesName}, '-' for JSON lines on standard input, or a path", path);
        var files = Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(file => Kind(file) is not null).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new CorpusException($"no text in this folder, {Expected}", path);
        return new Source($"folder: {path}", files, files.SelectMany(file => ReadFile(file, Kind(file)!, Domain(path, file), options.LongestDocument)));
    }

    /// <summary>Runs a read and turns what goes wrong below into an error that names the file.</summary>
    public static T Guard<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"cannot be read: {error.Message}", file, 0, error);
        }
    }

    private static IEnumerable<Document> ReadFile(string file, string kind, string domain, int longest)
    {
        var stream = Guard(file, () => GzipFile.Open(file));
        return kind == ".jsonl" ? JsonLines.Read(stream, file, domain) : ReadText(stream, file, domain, longest);
    }

    /// <summary>One document of a short file; a long one is cut at the last paragraph, line or word that fits.</summary>
    internal static IEnumerable<Document> ReadText(Stream stream, string file, string domain, int longest)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false));
        var pending = new StringBuilder();
        var block = new char[Math.Max(1 << 16, longest)];
        long read = 0, bad = 0, lines = 1, firstBad = 0;
        var part = 0;
        while (Guard(file, () => reader.ReadBlock(block)) is > 0 and var count)
        {
            foreach (var c in block.AsSpan(0, count))
            {
                if (c == '\n') lines++;
                if (c is '\0' or '\uFFFD' && bad++ == 0) firstBad = lines;
            }
            read += count;
            if (bad > Rubbish * read)
                throw new CorpusException($"{100.0 * bad / read:0.#}% of the first {read:N0} characters are NUL or not UTF-8, expected UTF-8 text ({100 * Rubbish:0}% is tolerated)", file, firstBad);
            pending.Append(block, 0, count);
            while (pending.Length > longest)
            {
                var cut = TextCut.At(pending.ToString(0, longest + 1));
                if (Next(pending.ToString(0, cut)) is { } document)
                    yield return document;
                pending.Remove(0, cut);
            }
        }
        if (Next(pending.ToString()) is { } last)
            yield return last;

        Document? Next(string text) =>
            TextCut.Trim(text) is { Length: > 0 } words ? new Document(part++ == 0 ? file : $"{file}#{part}", domain, file, words) : null;
    }

    /// <summary>The kind by the name's end, .gz aside; null for what is not read.</summary>
    private static string? Kind(string file)
    {
        var name = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        return Path.GetExtension(name).ToLowerInvariant() is var kind and (".txt" or ".md" or ".jsonl") ? kind : null;
    }

    /// <summary>A file's domain: the first folder below the source, or the source's own name.</summary>
    private static string Domain(string folder, string file)
    {
        var relative = Path.GetRelativePath(folder, file);
        var separator = relative.IndexOf(Path.DirectorySeparatorChar);
        return separator > 0 ? relative[..separator] : Path.GetFileName(folder);
    }

    private static string BareName(string file) => Path.GetFileName(file).Split('.')[0] is { Length: > 0 } name ? name : "text";
}

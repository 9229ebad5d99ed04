using System.Text;

namespace Anneal.Data.Readers;

/// <summary>The system's manual in English: one document per page (a long page continues in further ones), domain = section.</summary>
internal static class ManPages
{
    /// <summary>Where manuals live on Unix.</summary>
    public const string Root = "/usr/share/man";

    /// <summary>Pages of sections 1 to 8, in ordinal order; translations (in folders of their own) and links are left out.</summary>
    public static IReadOnlyList<string> Find(string root)
    {
        var plain = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };
        return [.. from section in Enumerable.Range(1, 8)
                   let folder = Path.Combine(root, $"man{section}")
                   where Directory.Exists(folder)
                   from page in Directory.EnumerateFiles(folder, $"*.{section}*", plain).Order(StringComparer.Ordinal)
                   select page];
    }

    /// <summary>Reads pages; those that only point to another are left out.</summary>
    /// <param name="files">Pages as <see cref="Find"/> lists them.</param>
    /// <param name="longest">Longest document, in characters.</param>
    public static IEnumerable<Document> Read(IReadOnlyList<string> files, int longest)
    {
        foreach (var file in files)
        {
            var section = Path.GetFileName(Path.GetDirectoryName(file))!;
            var name = Path.GetFileName(file);
            name = name[..name.LastIndexOf($".{section[^1]}", StringComparison.Ordinal)];
            var id = $"{name}({section[^1]})";
            var part = 0;
            foreach (var text in TextCut.Parts(TextFiles.Guard(file, () => ReadPage(file)), longest))
                yield return new Document(part++ == 0 ? id : $"{id}#{part}", section, id, text);
        }
    }

    private static string ReadPage(string file)
    {
        using var reader = new StreamReader(GzipFile.Open(file), Encoding.UTF8);
        return Roff.Read(reader);
    }
}

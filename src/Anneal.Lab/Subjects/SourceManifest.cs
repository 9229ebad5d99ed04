using System.Security.Cryptography;

namespace Anneal.Lab.Subjects;

/// <summary>
/// What the files of a commit were before a run, to tell afterwards which of them the run changed. It looks at bytes, kinds and
/// links and nothing that lies in the tree can talk it out of a difference.
/// </summary>
internal sealed class SourceManifest
{
    private readonly string root;
    private readonly Dictionary<string, Entry> entries;

    private SourceManifest(string root, Dictionary<string, Entry> entries) => (this.root, this.entries) = (root, entries);

    private readonly record struct Entry(long Length, string? Link, bool Executable, string Hash);

    /// <summary>Takes down the files as they are now.</summary>
    /// <param name="root">Folder of the files.</param>
    /// <param name="paths">Files and links to watch, relative; new ones do not count.</param>
    public static SourceManifest Of(string root, IEnumerable<string> paths) =>
        new(root, paths.ToDictionary(path => path, path => Read(root, path, length: null) ?? throw new FileNotFoundException($"{path} was not checked out", path), StringComparer.Ordinal));

    /// <summary>Files that are no longer what they were, in order.</summary>
    public IReadOnlyList<string> FindChanges() =>
        [.. entries.Where(entry => Read(root, entry.Key, entry.Value.Length) != entry.Value).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    // Null: not there, not reachable without following a link, or of another length. A pipe has no length and is never opened.
    private static Entry? Read(string root, string path, long? length)
    {
        try
        {
            for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                if (new DirectoryInfo(Path.Combine(root, folder)).LinkTarget is not null) return null;
            var file = new FileInfo(Path.Combine(root, path));
            if (file.LinkTarget is { } link) return new Entry(0, link, false, "");
            if (!file.Exists || (length is { } known && known != file.Length)) return null;
            var executable = !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
            return new Entry(file.Length, null, executable, file.Length == 0 ? "" : Hash(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Hash(FileInfo file)
    {
        using var stream = file.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

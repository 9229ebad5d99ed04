using Anneal.Runs;

namespace Anneal.Server.Mcp;

/// <summary>Paths of callers: only what lies in the server's root or in its lab, whatever links lead where.</summary>
internal sealed class Confinement
{
    private readonly string[] _allowed;

    public Confinement(string root, string lab)
    {
        Root = Path.GetFullPath(root);
        _allowed = [Real(Root), Real(Path.GetFullPath(lab))];
    }

    /// <summary>Relative paths are seen from here.</summary>
    public string Root { get; }

    /// <summary>The absolute path.</summary>
    /// <exception cref="InputException">It leads elsewhere.</exception>
    public string Inside(string path) => Find(path) ?? throw new InputException(path, $"lies outside of {Root} and the lab, where this server may work. Put the file there, or start `anneal mcp` with another --root.");

    /// <summary>A corpus: one of the built-in words, or a confined path.</summary>
    public string Corpus(string corpus) => corpus is "dotnet-docs" or "man-pages" ? corpus : Inside(corpus);

    private string? Find(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) return null;
        var full = Path.GetFullPath(path, Root);
        var real = Real(full);
        return Array.Exists(_allowed, folder => real == folder || real.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) ? full : null;
    }

    // The longest existing part with its links followed; what does not exist yet cannot be a link.
    private static string Real(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null) return path;
        var here = Path.Combine(Real(parent), Path.GetFileName(path));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return entry.LinkTarget is null ? here : Real(entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here);
    }
}

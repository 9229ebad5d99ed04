using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>A change of one file: new content, or exact pieces to replace.</summary>
/// <param name="Path">Relative to the repository's root, with forward slashes.</param>
/// <param name="Content">The whole new file; null where <paramref name="Hunks"/> say what changes.</param>
/// <param name="Hunks">Replacements in order; null with <paramref name="Content"/>.</param>
public sealed record FileEdit(string Path, string? Content = null, IReadOnlyList<Hunk>? Hunks = null)
{
    /// <summary>Most characters of an edited file.</summary>
    public const int MostCharacters = 1 << 20;

    /// <summary>Its size in a few words: <c>-3 +5 lines</c>.</summary>
    public string Summary => Hunks is null ? "rewritten" : $"-{Hunks.Sum(hunk => Lines(hunk.Search))} +{Hunks.Sum(hunk => Lines(hunk.Replace))} lines";

    /// <summary>The file after the edit.</summary>
    /// <param name="before">The file now.</param>
    /// <exception cref="InputException">A piece is not there, or is there more than once.</exception>
    public string Apply(string before)
    {
        var after = Content ?? before;
        foreach (var (number, hunk) in (Hunks ?? []).Index()) after = hunk.Apply(after, Path, number + 1);
        return after.Length <= MostCharacters ? after : throw new InputException(Path, $"would have {after.Length} characters; at most {MostCharacters} are allowed");
    }

    private static int Lines(string text) => text.Length == 0 ? 0 : text.TrimEnd('\n').Split('\n').Length;

    /// <summary>What is wrong with a path inside a repository, or null.</summary>
    /// <param name="path">As it was given.</param>
    public static string? FlawOfPath(string path) =>
        path.Length == 0 || path.StartsWith('/') || path.Contains('\\') || path.Any(char.IsControl) ? "expected a path relative to the repository's root, with forward slashes"
        : path.Split('/').Any(part => part is "" or "." or "..") ? "expected a path without empty parts, `.` or `..`"
        : path.Split('/').Any(part => part.Equals(".git", StringComparison.OrdinalIgnoreCase)) ? "git's own files are not for editing"
        : null;
}

/// <summary>One exact replacement.</summary>
/// <param name="Search">Text that stands exactly once in the file.</param>
/// <param name="Replace">What shall stand there instead.</param>
public sealed record Hunk(string Search, string Replace)
{
    internal string Apply(string text, string path, int number)
    {
        if (Search.Length == 0) throw new InputException(path, $"piece {number} to replace is empty; give the exact lines that change, with enough around them to be unique");
        var at = text.IndexOf(Search, StringComparison.Ordinal);
        if (at < 0) throw new InputException(path, $"piece {number} to replace is not in the file: {Excerpt(Search)}. Read the file and copy the lines exactly, blanks included");
        if (text.IndexOf(Search, at + 1, StringComparison.Ordinal) >= 0)
            throw new InputException(path, $"piece {number} to replace is in the file more than once: {Excerpt(Search)}. Add a line before or after, until it is unique");
        return string.Concat(text.AsSpan(0, at), Replace, text.AsSpan(at + Search.Length));
    }

    private static string Excerpt(string text) => $"`{(text.Length <= 80 ? text : text[..80] + "…").ReplaceLineEndings("↵")}`";
}

namespace Anneal.Lab.Subjects;

/// <summary>A state of the subject.</summary>
/// <param name="Commit">Commit hash, 40 (or 64) hexadecimal digits.</param>
/// <param name="Tree">Hash of its files: equal for equal content, whatever the message.</param>
/// <param name="Diff">Unified diff against the study's baseline; empty for the baseline itself.</param>
internal sealed record Revision(string Commit, string Tree, string Diff)
{
    private const string CommitKey = "commit: ", TreeKey = "tree: ";

    /// <summary>First digits of the commit, as git shows them.</summary>
    public string Short => Commit[..7];

    /// <summary>Canonical text: what the ledger holds in place of a recipe.</summary>
    public string ToText() => $"{CommitKey}{Commit}\n{TreeKey}{Tree}\n{(Diff.Length == 0 ? "" : $"\n{Diff}")}";

    /// <summary>Reads <see cref="ToText"/>.</summary>
    /// <param name="text">From the ledger.</param>
    public static Revision Parse(string text)
    {
        var lines = text.Split('\n', 4);
        return lines is [var commit, var tree, ..] && commit.StartsWith(CommitKey, StringComparison.Ordinal) && tree.StartsWith(TreeKey, StringComparison.Ordinal)
            ? new Revision(commit[CommitKey.Length..], tree[TreeKey.Length..], lines.Length > 3 ? lines[3] : "")
            : throw new FormatException($"not a revision: {text[..Math.Min(text.Length, 60)]}");
    }
}

using Anneal.Lab.Execution;

namespace Anneal.Lab.Subjects;

/// <summary>Whether text that a subject is measured on lies where its command could read it.</summary>
internal static class HeldText
{
    /// <summary>Why the study would measure nothing, or null.</summary>
    /// <param name="spec">A study whose subject the lab measures.</param>
    /// <param name="lab">The lab's folder: tokens of the held text lie below.</param>
    public static string? Flaw(StudySpec spec, string lab)
    {
        if (Sandbox.Find(out var why) is null)
            return $"can only be kept from a command in a sandbox, and a study with `subject.logits` is not made without one. {why}";
        if (!Path.IsPathRooted(spec.Corpus))
            return "is text of the system, which a repository's command can read: the held-out part would not be held out. Name a folder or a file under `corpus`.";
        var subject = spec.Subject!;
        // Of the repository only what is committed is shown: a corpus may be, a lab is not.
        string[] seen = [.. SubjectCommand.Readable, "/lib", "/lib64", .. subject.Mounts];
        foreach (var (held, open) in ((string, string[])[])[(spec.Corpus, [.. seen, subject.Path]), (Path.GetFullPath(lab), seen)])
            if (Array.Find(open, folder => Contains(folder, held) || Contains(held, folder)) is { } shared)
                return $"is measured with {held}, which shares files with {shared}, and that is open to the command: the held-out part would not be held out. Move one of them.";
        return null;
    }

    private static bool Contains(string folder, string path)
    {
        var (outer, inner) = (Real(folder), Real(path));
        return inner == outer || inner.StartsWith(outer + "/", StringComparison.Ordinal);
    }

    // A link at the end is followed; sandboxes bind what it leads to.
    private static string Real(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return Path.TrimEndingDirectorySeparator(info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? info.FullName);
    }
}

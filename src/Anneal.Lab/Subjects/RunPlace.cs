namespace Anneal.Lab.Subjects;

/// <summary>Folders of one run of a subject.</summary>
/// <param name="Run">In the lab: output, metrics, incidents. The command never sees it.</param>
/// <param name="Tree">Dropped after the run; holds the next two.</param>
/// <param name="Protected">Files of the commit that nobody may change, absolute.</param>
internal sealed record RunPlace(string Run, string Tree, IReadOnlyList<string> Protected)
{
    /// <summary>The commit's files: the command's working folder.</summary>
    public string Source => Path.Combine(Tree, "source");

    /// <summary>For what the command writes: its <c>ANNEAL_RUN_DIR</c>.</summary>
    public string Scratch => Path.Combine(Tree, "run");

    /// <summary>Removes the tree, whatever a run made of it.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(Tree)) return;
        try
        {
            Directory.Delete(Tree, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Folders without permissions first get them back.
            if (!OperatingSystem.IsWindows()) Open(new DirectoryInfo(Tree));
            Directory.Delete(Tree, recursive: true);
        }
    }

    private static void Open(DirectoryInfo folder)
    {
        if (folder.LinkTarget is not null || OperatingSystem.IsWindows()) return;
        folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var inner in folder.EnumerateDirectories()) Open(inner);
    }
}

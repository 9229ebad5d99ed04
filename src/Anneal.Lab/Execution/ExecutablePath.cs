namespace Anneal.Lab.Execution;

/// <summary>Finds programs as a shell would.</summary>
internal static class ExecutablePath
{
    /// <summary>The file that a command's first word names: a path as it stands, a bare word through <c>PATH</c>; null where there is none.</summary>
    /// <param name="word">First word of a command.</param>
    public static string? Find(string word)
    {
        if (word.Contains('/') || OperatingSystem.IsWindows()) return File.Exists(word) || OperatingSystem.IsWindows() ? word : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, word)).FirstOrDefault(CanRun);
    }

    /// <summary>A file that may be run.</summary>
    /// <param name="path">Of the file.</param>
    public static bool CanRun(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);
}

namespace Anneal.Lab.Watching;

/// <summary>Finds the folder of TensorBoard's event files in a training command.</summary>
internal static class LogDirectories
{
    private static readonly string[] options = ["logdir", "log-dir", "tensorboard-dir", "tensorboard-logdir", "logging-dir", "tb-dir", "tb-log-dir", "tb-logdir", "tensorboard-log-dir"];

    /// <summary>The folder that the command line names; null where it names none.</summary>
    /// <param name="command">Program and arguments.</param>
    public static string? Find(IReadOnlyList<string> command)
    {
        for (var i = 1; i < command.Count; i++)
        {
            var word = command[i].TrimStart('-');
            var (name, value) = word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (word[..at], word[(at + 1)..]) : (word, i + 1 < command.Count && command[i].StartsWith('-') ? command[i + 1] : "");
            if (value.Length > 0 && options.Contains(name.Replace('_', '-').ToLowerInvariant(), StringComparer.Ordinal)) return value;
        }
        return null;
    }
}

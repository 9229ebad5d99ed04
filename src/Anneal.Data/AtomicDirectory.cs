using System.Diagnostics;

namespace Anneal.Data;

/// <summary>
/// Makes a directory appear whole or not at all: it is filled beside its place and renamed into it, under a lock file that
/// the system releases when its holder dies. What a killed process leaves is a <c>.partial</c> directory, removed by the next.
/// </summary>
internal static class AtomicDirectory
{
    /// <summary>Runs an action while holding the lock <c>TARGET.lock</c>; another process that wants it waits.</summary>
    /// <param name="target">The directory that the lock protects.</param>
    /// <param name="progress">Told once if there is somebody to wait for.</param>
    /// <param name="action">What to do.</param>
    public static T Locked<T>(string target, IProgress<string>? progress, Func<T> action)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        using var hold = Acquire(target + ".lock", progress);
        return action();
    }

    /// <summary>Fills <c>TARGET.partial</c>, flushes it to the disk and renames it to the target, which must not exist. Call it under the lock.</summary>
    public static void Create(string target, Action<string> fill)
    {
        var partial = target + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        try
        {
            fill(partial);
            foreach (var file in Directory.EnumerateFiles(partial, "*", SearchOption.AllDirectories))
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
                    stream.Flush(flushToDisk: true);
            Directory.Move(partial, target);
        }
        catch
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static FileStream Acquire(string path, IProgress<string>? progress)
    {
        var waiting = Stopwatch.StartNew();
        for (var told = false; ; Thread.Sleep(50))
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && waiting.Elapsed < TimeSpan.FromMinutes(10))
            {
                if (!told)
                    progress?.Report($"waiting for another process that prepares {Path.GetFileNameWithoutExtension(path)}");
                told = true;
            }
    }
}

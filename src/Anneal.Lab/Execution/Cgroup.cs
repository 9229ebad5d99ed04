namespace Anneal.Lab.Execution;

/// <summary>
/// A control group (version 2) of its own for every sandbox, where we may make one: then the kernel adds up memory and tasks of
/// all its processes, and ends them at the limit without waiting for a look from outside.
/// </summary>
/// <param name="parent">A group below which children with limits can be made.</param>
internal sealed class Cgroup(string parent)
{
    private const string Prefix = "anneal-";

    // One that was just made may still be empty.
    private static readonly TimeSpan young = TimeSpan.FromSeconds(30);

    /// <summary>A group of this machine below which we can make others, or null: our own, or the one that holds it.</summary>
    /// <param name="self">What <c>/proc/self/cgroup</c> says.</param>
    /// <param name="root">Where the hierarchy is mounted.</param>
    public static Cgroup? Find(string self, string root)
    {
        if (self.Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal)) is not { } line) return null;
        var own = Path.Join(root, line["0::".Length..]);
        return ((string?[])[own, Path.GetDirectoryName(own.TrimEnd('/'))]).Where(folder => folder is not null && folder.StartsWith(root, StringComparison.Ordinal) && GivesLimits(folder)).Select(folder => new Cgroup(folder!)).FirstOrDefault();
    }

    /// <summary>Words for a shell: makes a group named after the shell's process, limits it (swap where the kernel counts it) and enters it.</summary>
    /// <param name="spec">The limits.</param>
    public string Enter(SandboxSpec spec)
    {
        Sweep();
        var group = $"'{parent}/{Prefix}'$$";
        return $"mkdir {group} && echo {spec.MemoryBytes} > {group}/memory.max && {{ echo 0 > {group}/memory.swap.max || :; }} 2> /dev/null && echo {spec.Processes} > {group}/pids.max && echo $$ > {group}/cgroup.procs && ";
    }

    /// <summary>The kernel ended something in the group of a process because its memory was used up.</summary>
    /// <param name="pid">The process that entered it.</param>
    public bool RanOutOfMemory(int pid)
    {
        try
        {
            return File.ReadLines($"{parent}/{Prefix}{pid}/memory.events").Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool GivesLimits(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cgroup.subtree_control").Split(' ', '\n') is var given && given.Contains("memory") && given.Contains("pids");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // An empty group can be removed, one with processes cannot: what earlier sandboxes left goes away by itself.
    private void Sweep()
    {
        foreach (var left in Directory.Exists(parent) ? Directory.GetDirectories(parent, $"{Prefix}*") : [])
        {
            try
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(left) > young) Directory.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Still in use, or somebody else's.
            }
        }
    }
}

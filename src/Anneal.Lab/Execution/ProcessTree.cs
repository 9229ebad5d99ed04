using System.Globalization;

namespace Anneal.Lab.Execution;

/// <summary>What a process and all its descendants use, read from <c>/proc</c>. Linux only.</summary>
/// <param name="Tasks">Processes and threads.</param>
/// <param name="ResidentBytes">Resident memory; pages that two processes share count twice.</param>
/// <param name="Processor">Processor time, that of descendants which ended included.</param>
internal readonly record struct ProcessTree(int Tasks, long ResidentBytes, TimeSpan Processor)
{
    // The kernel's unit towards user programs, fixed at 100 a second on Linux.
    private const double TicksPerSecond = 100;

    /// <summary>Use of the tree below and including a process; zero when it is gone.</summary>
    /// <param name="root">Process id.</param>
    /// <param name="enough">Tasks after which counting ends: a fork bomb must not keep us busy.</param>
    public static ProcessTree Of(int root, int enough = int.MaxValue)
    {
        var (tasks, resident, ticks) = (0, 0L, 0L);
        var waiting = new Stack<int>([root]);
        while (tasks <= enough && waiting.TryPop(out var pid))
        {
            if (Stat(pid) is not { } fields) continue;
            tasks += int.Parse(fields[17], CultureInfo.InvariantCulture);
            resident += long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
            // utime, stime, and those of children that were waited for
            for (var i = 11; i <= 14; i++) ticks += long.Parse(fields[i], CultureInfo.InvariantCulture);
            foreach (var child in ChildrenOf(pid)) waiting.Push(child);
        }
        return new(tasks, resident, TimeSpan.FromSeconds(ticks / TicksPerSecond));
    }

    // Fields of /proc/PID/stat from the state on: the name before it, in parentheses, may hold anything.
    private static string[]? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<int> ChildrenOf(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (var thread in threads)
        {
            string children;
            try
            {
                children = File.ReadAllText($"{thread}/children");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return int.Parse(child, CultureInfo.InvariantCulture);
        }
    }
}

using System.Diagnostics;

namespace Anneal.Lab.Execution;

/// <summary>A process that cannot be confused with a later one of the same number.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Start">When it started, in a form that is equal whoever reads it on this machine.</param>
public readonly record struct ProcessIdentity(int Pid, string Start)
{
    // Tells this boot from the next, in which the same ticks come again. First, because what follows reads it.
    private static readonly string bootId = ReadBootId();

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Find(Environment.ProcessId) ?? new(Environment.ProcessId, "");

    /// <summary>It still runs. A zombie does not.</summary>
    public bool IsAlive => Find(Pid) is { } found && found.Start == Start;

    /// <summary>The living process of that number, or null.</summary>
    /// <param name="pid">Process id.</param>
    public static ProcessIdentity? Find(int pid) => OperatingSystem.IsLinux() ? FromProc(pid) : FromClock(pid);

    /// <summary>Living processes that were started with an argument; null where the system does not tell (all but Linux).</summary>
    /// <param name="argument">One whole argument.</param>
    public static IReadOnlyList<ProcessIdentity>? FindByArgument(string argument)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var found = new List<ProcessIdentity>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            try
            {
                if (File.ReadAllText($"{folder}/cmdline").Split('\0').Contains(argument) && Find(pid) is { } process) found.Add(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours.
            }
        }
        return found;
    }

    /// <summary>Ends it at once, if it is still the same process.</summary>
    public void Kill()
    {
        if (!IsAlive) return;
        try
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    // Linux: clock ticks since boot (field 22 of stat) are exact where Process.StartTime depends on the reader's clock.
    private static ProcessIdentity? FromProc(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        // The name, in parentheses, may hold anything; what follows it is state, ppid, ... with starttime as the 20th.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : new ProcessIdentity(pid, $"{bootId}:{fields[19]}");
    }

    private static ProcessIdentity? FromClock(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            if (process.HasExited) return null;
            return new ProcessIdentity(pid, $"{process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}

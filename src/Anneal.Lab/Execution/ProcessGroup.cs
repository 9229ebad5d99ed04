using System.Globalization;
using System.Runtime.InteropServices;

namespace Anneal.Lab.Execution;

/// <summary>Signals to a process, to its descendants and to the group that it leads. Does nothing on Windows, where there are no such things.</summary>
internal static partial class ProcessGroup
{
    private const int Terminate = 15, Now = 9, MostProcesses = 4096;

    /// <summary>Asks a process, its group and its descendants to end.</summary>
    /// <param name="root">Process id.</param>
    public static void AskToEnd(int root)
    {
        if (OperatingSystem.IsWindows()) return;
        var all = Descendants(root);
        Send(-root, Terminate);
        // A sandbox that is told to end kills what is inside at once.
        foreach (var pid in all.Where(pid => !IsSandbox(pid))) Send(pid, Terminate);
    }

    /// <summary>Ends a process, its group and its descendants.</summary>
    /// <param name="root">Process id.</param>
    public static void Kill(int root)
    {
        if (OperatingSystem.IsWindows()) return;
        var all = Descendants(root);
        Send(-root, Now);
        foreach (var pid in all) Send(pid, Now);
    }

    /// <summary>Sends a signal to a process alone, or to the group that it leads.</summary>
    /// <param name="root">Process id.</param>
    /// <param name="signal">Its number on this system.</param>
    /// <param name="group">To the whole group.</param>
    public static void Signal(int root, int signal, bool group)
    {
        if (!OperatingSystem.IsWindows()) Send(group ? -root : root, signal);
    }

    /// <summary>Ends every process that carries a variable of its environment: those that left their group and their parent. Linux only.</summary>
    /// <param name="variable"><c>NAME=value</c>.</param>
    /// <returns>Whether there was one.</returns>
    public static bool KillByVariable(string variable) => SignalByVariable(variable, Now);

    /// <summary>Asks every process that carries a variable of its environment to end. Linux only.</summary>
    /// <param name="variable"><c>NAME=value</c>.</param>
    /// <returns>Whether there was one.</returns>
    public static bool AskToEndByVariable(string variable) => SignalByVariable(variable, Terminate);

    /// <summary>Whether a process lives that carries a variable of its environment. Linux only.</summary>
    /// <param name="variable"><c>NAME=value</c>.</param>
    public static bool AnyByVariable(string variable) => SignalByVariable(variable, 0);

    private static bool SignalByVariable(string variable, int signal)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var found = false;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId) continue;
            try
            {
                if (!File.ReadAllText($"{folder}/environ").Split('\0').Contains(variable)) continue;
                found = true;
                Send(pid, signal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours.
            }
        }
        return found;
    }

    private static bool IsSandbox(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim() == "bwrap";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Send(int pid, int signal)
    {
        // What is gone already, or not ours, needs no signal.
        if (pid is not (0 or 1 or -1)) _ = Kill(pid, signal);
    }

    private static List<int> Descendants(int root)
    {
        var found = new List<int> { root };
        for (var next = 0; next < found.Count && found.Count < MostProcesses; next++) found.AddRange(Children(found[next]));
        return found;
    }

    private static List<int> Children(int pid)
    {
        var children = new List<int>();
        try
        {
            foreach (var thread in Directory.GetDirectories($"/proc/{pid}/task"))
                children.AddRange(File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
        }
        return children;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

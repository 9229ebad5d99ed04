using System.Diagnostics;
using System.Globalization;

namespace Anneal.Lab.Execution;

/// <summary>
/// Linux namespaces around a process, made by bubblewrap: no network, no other processes, a file system of a few read-only
/// parts and its own folders, no privileges, an environment of our choice; and the kernel's limits on what it may use. Killing
/// the lab or the sandbox ends everything inside. <see cref="SandboxWatch"/> adds the limits that need a look from outside.
/// </summary>
public sealed class Sandbox
{
    private const string Shell = "/bin/sh";

    private static readonly Lazy<(Sandbox? Found, string? Why)> found = new(Look);

    private readonly string program;
    private readonly string[] isolation;
    private readonly Cgroup? cgroup;

    private Sandbox(string program, string[] isolation, Cgroup? cgroup = null) => (this.program, this.isolation, this.cgroup) = (program, isolation, cgroup);

    /// <summary>The kernel ended a sandbox because its memory was used up; always false where there are no control groups.</summary>
    /// <param name="pid">The sandbox's outermost process.</param>
    internal static bool RanOutOfMemory(int pid) => found.Value.Found?.cgroup?.RanOutOfMemory(pid) == true;

    /// <summary>The sandbox of this machine, or null. It is tried for real once, then remembered.</summary>
    /// <param name="why">What is missing and how to get it; null where there is a sandbox.</param>
    public static Sandbox? Find(out string? why)
    {
        why = found.Value.Why;
        return found.Value.Found;
    }

    /// <summary>Puts a process that is about to be started into the sandbox.</summary>
    /// <param name="start">Program by its absolute path, and arguments; its environment is dropped for the specification's.</param>
    /// <param name="spec">What it sees and may use.</param>
    /// <returns>Start information with the same redirections.</returns>
    public ProcessStartInfo Wrap(ProcessStartInfo start, SandboxSpec spec)
    {
        var outer = new ProcessStartInfo
        {
            FileName = Shell,
            RedirectStandardInput = start.RedirectStandardInput,
            RedirectStandardOutput = start.RedirectStandardOutput,
            RedirectStandardError = start.RedirectStandardError,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = "/",
        };
        outer.Environment.Clear();
        foreach (var word in (IEnumerable<string>)["-c", $"{cgroup?.Enter(spec)}{Limits(spec)}exec \"$@\"", "sandbox", program, .. isolation, .. View(spec), "--", start.FileName, .. start.ArgumentList])
            outer.ArgumentList.Add(word);
        return outer;
    }

    private static IEnumerable<string> View(SandboxSpec spec)
    {
        List<string> words = ["--clearenv", "--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp", "--proc", "/proc", "--dev", "/dev", "--size", $"{spec.TemporaryBytes}", "--tmpfs", "/tmp", "--chdir", "/tmp"];
        foreach (var (name, value) in spec.Environment) words.AddRange(["--setenv", name, value]);
        words.AddRange(SystemParts.Arguments());
        // What lies inside something else is laid over it.
        var mounts = spec.ReadOnly.Select(path => (Word: "--ro-bind", Path: Path.GetFullPath(path))).Concat(spec.Writable.Select(path => (Word: "--bind", Path: Path.GetFullPath(path))));
        foreach (var (word, path) in mounts.OrderBy(mount => mount.Path.Length)) words.AddRange([word, path, path]);
        foreach (var device in spec.Devices) words.AddRange(["--dev-bind-try", device, device]);
        words.AddRange(["--remount-ro", "/"]);
        return words;
    }

    // In the units of POSIX: blocks of 512 bytes for files, KiB for memory. Twice the memory, since what is reserved is not yet used.
    private static string Limits(SandboxSpec spec)
    {
        var limits = new List<string> { "ulimit -c 0", $"ulimit -n {spec.OpenFiles}", $"ulimit -f {spec.FileBytes / 512}", $"ulimit -d {spec.MemoryBytes / 512}" };
        if (spec.CpuSeconds is { } seconds) limits.Add($"ulimit -t {Math.Ceiling(seconds + 1).ToString(CultureInfo.InvariantCulture)}");
        return string.Concat(limits.Select(limit => $"{limit} && "));
    }

    private static (Sandbox?, string?) Look()
    {
        if (!OperatingSystem.IsLinux()) return (null, "Code from proposals runs in a sandbox, and there is one on Linux only. Use --allow-unsandboxed to run such code with your own rights.");
        var bwrap = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, "bwrap")).FirstOrDefault(File.Exists);
        if (bwrap is null) return (null, "Code from proposals runs in a sandbox, which needs bubblewrap: install it (Debian, Ubuntu: `apt-get install bubblewrap`), or use --allow-unsandboxed to run such code with your own rights.");

        string[] words = ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", "65534", "--gid", "65534", "--hostname", "sandbox"];
        // Older versions do not know the last word, which is a second lock on a door that is closed.
        string[] strict = [.. words, "--disable-userns"];
        var problem = Try(new Sandbox(bwrap, strict));
        if (problem is null) return (WithCgroup(bwrap, strict), null);
        problem = Try(new Sandbox(bwrap, words));
        if (problem is null) return (WithCgroup(bwrap, words), null);
        return (null, $"bubblewrap ({bwrap}) cannot make a sandbox here: {problem}. Allow user namespaces (`sysctl -w user.max_user_namespaces=15000`; on Ubuntu also `kernel.apparmor_restrict_unprivileged_userns=0`; in a container, run it with a seccomp profile that allows them), or use --allow-unsandboxed to run code of proposals with your own rights.");
    }

    // Control groups are taken where they work, for the trial too; elsewhere the watch alone adds up.
    private static Sandbox WithCgroup(string bwrap, string[] words)
    {
        if (Cgroup.Find(File.ReadAllText("/proc/self/cgroup"), "/sys/fs/cgroup") is { } group && new Sandbox(bwrap, words, group) is var grouped && Try(grouped) is null) return grouped;
        return new(bwrap, words);
    }

    // The trial is a small .NET program in full dress: the runtime says its name from inside.
    private static string? Try(Sandbox sandbox)
    {
        var inner = new ProcessStartInfo(SystemParts.Host, ["--list-runtimes"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Spawner.Start(sandbox.Wrap(inner, new SandboxSpec()));
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                process.Kill(entireProcessTree: true);
                return "the trial took more than 20 s";
            }
            if (process.ExitCode == 0 && output.Result.Contains("Microsoft.NETCore.App", StringComparison.Ordinal)) return null;
            return errors.Result.Trim() is { Length: > 0 } said ? said : $"the trial ended with exit code {process.ExitCode}";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return e.Message;
        }
    }
}

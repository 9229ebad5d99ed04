using System.Diagnostics;
using System.Globalization;
using Anneal.Lab.Execution;

namespace Anneal.Lab.Subjects;

/// <summary>How a subject's command is started: where, with which words, and with what it may see.</summary>
internal static class SubjectCommand
{
    /// <summary>Names the folder, writable and dropped after the run, that the command may use for its checkpoints.</summary>
    public const string RunVariable = "ANNEAL_RUN_DIR";

    /// <summary>Names the folder with the train tokens of the lab's corpus, where the lab measures the subject.</summary>
    public const string TrainVariable = "ANNEAL_TRAIN_DIR";

    // More single files than this are not laid over one by one; their hashes are still checked after the run.
    private const int MostProtected = 400;

    /// <summary>Processes and threads of a run together: enough for data loaders, far from what a machine can bear.</summary>
    public static int MostTasks { get; } = Math.Max(1024, 16 * System.Environment.ProcessorCount);

    private static readonly string[] system = ["/usr", "/bin", "/sbin", "/etc/alternatives", "/etc/ssl", "/etc/localtime", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf"];
    /// <summary>What of the system a command can read, beside the libraries.</summary>
    public static IReadOnlyList<string> Readable => system;

    private static readonly string[] inherited = ["PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "OMP_NUM_THREADS", "VIRTUAL_ENV"];

    /// <summary>The command in a shell, with its seed and budget, sandboxed unless the user said to go on without.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="place">Where it runs.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="seconds">Budget of the run.</param>
    /// <param name="sandbox">Null to run it with our own rights.</param>
    /// <param name="train">Folder of the train tokens, or null.</param>
    public static ProcessStartInfo Create(SubjectSpec subject, RunPlace place, long seed, double seconds, Sandbox? sandbox, string? train = null)
    {
        var budget = seconds.ToString("0.###", CultureInfo.InvariantCulture);
        var number = seed.ToString(CultureInfo.InvariantCulture);
        var command = subject.Command.Replace("{seed}", number, StringComparison.Ordinal).Replace("{budget}", budget, StringComparison.Ordinal);
        var environment = Environment(subject, place, train);
        (environment["ANNEAL_SEED"], environment["ANNEAL_BUDGET"]) = (number, budget);
        var shell = Shell(command, place);
        return sandbox is not null ? sandbox.Wrap(shell, View(subject, place, environment, train)) : Unsandboxed(shell, environment);
    }

    /// <summary>The command that answers for a trained model, in a sandbox in which nothing but <c>/tmp</c> can be written.</summary>
    /// <param name="subject">The subject; has such a command.</param>
    /// <param name="place">Where it was trained.</param>
    /// <param name="train">Folder of the train tokens.</param>
    /// <param name="sandbox">The sandbox.</param>
    public static (ProcessStartInfo Start, SandboxSpec Limits) Answer(SubjectSpec subject, RunPlace place, string train, Sandbox sandbox)
    {
        var trained = View(subject, place, Environment(subject, place, train), train);
        var limits = trained with { ReadOnly = [.. trained.ReadOnly, .. trained.Writable], Writable = [] };
        return (sandbox.Wrap(Shell(subject.Logits!, place), limits), limits);
    }

    private static ProcessStartInfo Shell(string command, RunPlace place)
    {
        // The run's folder as $0 is how a later sitting finds a process that nobody has named. Told to end, the shell waits for
        // what it started, which has been told too.
        var shell = new ProcessStartInfo("/bin/sh", ["-c", $"trap : TERM; cd \"$1\" && {{ {command}\n}}", place.Run, place.Source]);
        Redirect(shell);
        return shell;
    }

    private static Dictionary<string, string> Environment(SubjectSpec subject, RunPlace place, string? train)
    {
        var own = new Dictionary<string, string> { [RunVariable] = place.Scratch, ["PYTHONUNBUFFERED"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1" };
        if (train is not null) own[TrainVariable] = train;
        foreach (var name in inherited)
            if (System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) own.TryAdd(name, value);
        // A home exists only so far as the study mounts something from it.
        var home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        own["HOME"] = subject.Mounts.Any(mount => mount.StartsWith(home + "/", StringComparison.Ordinal)) ? home : "/tmp";
        return own;
    }

    private static SandboxSpec View(SubjectSpec subject, RunPlace place, Dictionary<string, string> environment, string? train) => new()
    {
        ReadOnly = [.. system.Where(Path.Exists), .. subject.Mounts, .. train is null ? [] : (string[])[train], .. place.Protected.Count <= MostProtected ? place.Protected : []],
        Writable = [place.Source, place.Scratch],
        Devices = subject.Devices,
        Environment = environment,
        MemoryBytes = MemoryBytes(subject),
        Processes = MostTasks,
        OpenFiles = 4096,
        FileBytes = 64L << 30,
        TemporaryBytes = 2L << 30,
    };

    /// <summary>Most memory of a run, in bytes.</summary>
    /// <param name="subject">The subject.</param>
    public static long MemoryBytes(SubjectSpec subject) => subject.MemoryGb is { } limit ? (long)(limit * 1e9) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static ProcessStartInfo Unsandboxed(ProcessStartInfo shell, Dictionary<string, string> environment)
    {
        // Its own session: what it starts can be ended with it, and Ctrl+C is ours alone.
        var start = OperatingSystem.IsWindows() ? shell : new ProcessStartInfo("setsid", [shell.FileName, .. shell.ArgumentList]);
        Redirect(start);
        ChildEnvironment.Scrub(start.Environment);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["HOME"] = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        return start;
    }

    private static void Redirect(ProcessStartInfo start) =>
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true, true);
}

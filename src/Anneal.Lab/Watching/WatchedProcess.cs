using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Anneal.Lab.Execution;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Watching;

/// <summary>
/// A watched command while it runs, in a session of its own: what it prints goes on byte for byte as it comes, is logged
/// within limits and heard line by line.
/// </summary>
internal sealed partial class WatchedProcess : IDisposable
{
    /// <summary>Carried by the command and all that it starts, whatever group they join; its value names the watch.</summary>
    public const string Mark = "ANNEAL_WATCH";

    private const int Chunk = 64 << 10;

    // A process that outlives the command may hold its output open for ever.
    private static readonly TimeSpan lastLines = TimeSpan.FromSeconds(2), deathIsSlow = TimeSpan.FromSeconds(5), look = TimeSpan.FromMilliseconds(50);

    private readonly Process process;
    private readonly string mark;
    private readonly bool leads;
    private readonly Task pumps;

    private WatchedProcess(Process process, string mark, bool leads, Stream output, Stream errors, string logs, Action<string> hear)
    {
        (this.process, this.mark, this.leads) = (process, mark, leads);
        Identity = ProcessIdentity.Find(process.Id) ?? new ProcessIdentity(process.Id, "ended");
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, output, $"{logs}out.log", hear), PumpAsync(process.StandardError.BaseStream, errors, $"{logs}err.log", hear));
        Exit = process.WaitForExitAsync();
    }

    /// <summary>Which process it is.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>Ends with the command itself; what it left behind may still run.</summary>
    public Task Exit { get; }

    /// <summary>Exit code, once <see cref="Exit"/> is done; 128 + signal for a killed one.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Starts a command.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Added to our own.</param>
    /// <param name="mark">Names the watch.</param>
    /// <param name="output">Where its standard output goes.</param>
    /// <param name="errors">Where its standard error goes.</param>
    /// <param name="logs">Beginning of the paths of its logs: <c>RUN/std</c>.</param>
    /// <param name="hear">Told each line of either stream; from two threads.</param>
    /// <exception cref="Win32Exception">There is no such program, or it cannot be run.</exception>
    public static WatchedProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string mark, Stream output, Stream errors, string logs, Action<string> hear)
    {
        // A session of its own: what it starts can be ended with it, and Ctrl+C reaches it through us alone.
        var session = ExecutablePath.Find("setsid");
        var start = session is null ? new ProcessStartInfo(command[0], command.Skip(1)) : new ProcessStartInfo(session, command);
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment[Mark] = mark;
        return new(Spawn(start), mark, session is not null, output, errors, logs, hear);
    }

    /// <summary>Asks the command to end, then all that is left of it; after some patience ends them.</summary>
    /// <param name="patience">How long they may take together.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        var until = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        ProcessGroup.Signal(process.Id, 15, group: false);
        await Task.WhenAny(Exit, Task.Delay(patience));
        await SweepAsync(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until));
    }

    /// <summary>Ends what is left of the command: asked first, then at once. Its last lines are read.</summary>
    /// <param name="patience">How long it may take.</param>
    public async Task SweepAsync(TimeSpan patience)
    {
        if (AnyLeft())
        {
            AskToEnd();
            for (var waited = TimeSpan.Zero; waited < patience && AnyLeft(); waited += look) await Task.Delay(look);
            for (var waited = TimeSpan.Zero; waited < deathIsSlow && AnyLeft(); waited += look)
            {
                // Again and again: one that is just being started shows no mark yet.
                if (leads || !Exit.IsCompleted) ProcessGroup.Kill(process.Id);
                ProcessGroup.KillByVariable($"{Mark}={mark}");
                await Task.Delay(look);
            }
        }
        await FinishAsync();
    }

    /// <summary>Reads the last lines of a command that has ended.</summary>
    public Task FinishAsync() => Task.WhenAny(pumps, Task.Delay(lastLines));

    public void Dispose()
    {
        if (!process.HasExited) ProcessGroup.Kill(process.Id);
        process.Dispose();
    }

    // The runtime ignores SIGPIPE, and what it starts would inherit that: a command whose reader has gone would never learn it.
    private static Process Spawn(ProcessStartInfo start)
    {
        if (OperatingSystem.IsWindows()) return Process.Start(start)!;
        const int sigpipe = 13, byDefault = 0;
        var before = SetSignal(sigpipe, byDefault);
        try
        {
            return Process.Start(start)!;
        }
        finally
        {
            SetSignal(sigpipe, before);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);

    private bool AnyLeft() => !Exit.IsCompleted || ProcessGroup.AnyByVariable($"{Mark}={mark}");

    private void AskToEnd()
    {
        if (leads || !Exit.IsCompleted) ProcessGroup.AskToEnd(process.Id);
        ProcessGroup.AskToEndByVariable($"{Mark}={mark}");
    }

    private static Task PumpAsync(Stream from, Stream to, string path, Action<string> hear) => Task.Factory.StartNew(() => Pump(from, to, path, hear), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Pump(Stream from, Stream to, string path, Action<string> hear)
    {
        var (buffer, lines) = (new byte[Chunk], new LineSplitter());
        var log = OpenLog(path);
        try
        {
            while (from.Read(buffer) is > 0 and var read)
            {
                to.Write(buffer, 0, read);
                to.Flush();
                log = Keep(log, buffer.AsSpan(0, read));
                foreach (var line in lines.Add(buffer.AsSpan(0, read))) hear(line);
            }
            if (lines.Take() is { } rest) hear(rest);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Nobody reads us any more: the command shall learn it as it would without us.
            from.Dispose();
        }
        finally
        {
            Close(log);
        }
    }

    // The log is a help, no condition: a full disk ends it and nothing else. A limit on file sizes comes as an argument out of range.
    private static OutputLog? OpenLog(string path)
    {
        try
        {
            return new OutputLog(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static OutputLog? Keep(OutputLog? log, ReadOnlySpan<byte> bytes)
    {
        try
        {
            log?.Add(bytes);
            log?.Flush();
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            Close(log);
            return null;
        }
    }

    private static void Close(OutputLog? log)
    {
        try
        {
            log?.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The disk is full.
        }
    }
}

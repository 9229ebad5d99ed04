using System.Diagnostics;

namespace Anneal.Lab.Execution;

/// <summary>
/// Watches a sandboxed child from outside and ends it with all its descendants when it goes past a limit. It sees what the
/// kernel's own limits do not add up: all processes together, the folders' sizes, the lab's clock.
/// </summary>
public sealed class SandboxWatch : IAsyncDisposable
{
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(50);

    // Walking the folders costs more than reading the process table.
    private const int FoldersEvery = 5;

    private readonly Child child;
    private readonly SandboxSpec spec;
    private readonly CancellationTokenSource stop = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Task watching;
    private int ended;

    /// <summary>Starts watching.</summary>
    /// <param name="child">A child in a <see cref="Sandbox"/>.</param>
    /// <param name="spec">Its limits.</param>
    public SandboxWatch(Child child, SandboxSpec spec)
    {
        (this.child, this.spec) = (child, spec);
        watching = WatchAsync();
    }

    /// <summary>Why the child was ended; null while it keeps to its limits.</summary>
    public SandboxBreach? Breach { get; private set; }

    /// <summary>Processor time of the whole tree, as last seen.</summary>
    public TimeSpan Processor { get; private set; }

    /// <summary>Most resident memory of the whole tree that was seen, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) == 1) return;
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        for (var round = 0; !child.Exit.IsCompleted && !stop.IsCancellationRequested; round++)
        {
            Breach = Look(folders: round % FoldersEvery == 0);
            if (Breach is not null)
            {
                child.Kill();
                return;
            }
            await Task.WhenAny(child.Exit, Task.Delay(interval, stop.Token));
        }
        if (child.Exit.IsCompleted && Sandbox.RanOutOfMemory(child.Identity.Pid)) Breach = new("memory_limit", $"used up the {spec.MemoryBytes >> 20} MiB of memory that are allowed");
    }

    private SandboxBreach? Look(bool folders)
    {
        var tree = ProcessTree.Of(child.Identity.Pid, spec.Processes);
        if (tree.Processor > Processor) Processor = tree.Processor;
        PeakBytes = Math.Max(PeakBytes, tree.ResidentBytes);
        if (tree.ResidentBytes > spec.MemoryBytes) return new("memory_limit", $"used {tree.ResidentBytes >> 20} MiB of memory, {spec.MemoryBytes >> 20} are allowed");
        if (tree.Tasks > spec.Processes) return new("process_limit", $"ran {tree.Tasks} or more processes and threads, {spec.Processes} are allowed");
        if (tree.Processor.TotalSeconds > spec.CpuSeconds) return new("cpu_limit", $"used {tree.Processor.TotalSeconds:0.0} s of processor time, {spec.CpuSeconds:0.0} are allowed");
        if (clock.Elapsed.TotalSeconds > spec.WallSeconds) return new("time_limit", $"took more than {spec.WallSeconds:0.0} s");
        if (folders && spec.Writable.Sum(SizeOf) is var bytes && bytes > spec.WritableBytes) return new("file_limit", $"filled its folder with {bytes >> 20} MiB, {spec.WritableBytes >> 20} are allowed");
        return null;
    }

    private static long SizeOf(string folder)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", all).Sum(LengthOf);
        }
        catch (IOException)
        {
            // It changed under our eyes; the next look sees it.
            return 0;
        }
    }

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

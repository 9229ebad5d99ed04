using Anneal.Runs.Protocol;

namespace Anneal.Lab.Execution;

/// <summary>One attempt at training with code of a proposal: in its sandbox, watched, its metrics followed.</summary>
internal sealed class CodeRun : IAsyncDisposable
{
    // Exit codes of a worker that played by the rules; the last three are somebody else's doing and are tried again.
    private static readonly int[] ordinary = [0, Stopped, 130, 137, 143];
    private const int Stopped = 3;
    private const long LargestReport = 8 << 20;

    // Share of a silence that a process must have been on a processor to have been busy; the machine has other work.
    private const double Busy = 0.1;

    // A part of a trainer has no files, sockets and processes; who meets these words was looking for some.
    private static readonly string[] refusals =
        ["Permission denied", "Operation not permitted", "Read-only file system", "resource busy", "is denied", "Could not find file", "Could not find a part of the path", "Resource temporarily unavailable", "Name or service not known", "File too large"];

    private readonly RunDirectory directory;
    private readonly RunOrder order;
    private readonly CodeWorkers workers;
    private readonly SandboxSpec limits;
    private readonly MetricsAudit metrics;
    private SandboxWatch? watch;
    private TimeSpan heard;

    /// <param name="directory">The run's folder.</param>
    /// <param name="order">What was ordered.</param>
    /// <param name="workers">How code is run.</param>
    /// <param name="limits">What it may use.</param>
    public CodeRun(RunDirectory directory, RunOrder order, CodeWorkers workers, SandboxSpec limits)
    {
        (this.directory, this.order, this.workers, this.limits) = (directory, order, workers, limits);
        directory.TakeBackAfter(new Checkpoints(directory.CheckpointsPath).Steps() is [.., var newest] ? newest : 0);
        metrics = new(directory.MetricsPath, order.Recipe.Data.BatchTokens, order.Steps!.Value);
    }

    /// <summary>Rule that was broken, or null.</summary>
    public FoulPlay? Foul { get; private set; }

    /// <summary>Starts the worker.</summary>
    public Child Start()
    {
        var child = Child.Start(workers.Command(limits, "train", directory.Root), workers.Sandboxed);
        watch = new(child, limits);
        return child;
    }

    /// <summary>Looks at the run under way.</summary>
    public FoulPlay? Look()
    {
        var before = metrics.LastStep;
        Foul ??= watch?.Breach is { } breach ? Named(breach) : metrics.Look();
        if (metrics.LastStep > before && watch is not null) heard = watch.Processor;
        return Foul;
    }

    /// <summary>Judges a run that has been silent for too long: one that computes all the while is no less dear for being silent.</summary>
    /// <param name="silence">How long, by the lab's clock.</param>
    public FoulPlay Silent(TimeSpan silence)
    {
        var used = (watch?.Processor ?? TimeSpan.Zero) - heard;
        return Foul ??= used > silence * Busy
            ? new("unpaid_compute", $"The run computed for {used.TotalSeconds:0.0} s without finishing a step.")
            : new("hangs", $"The run was silent for {silence.TotalSeconds:0} s and did nothing.");
    }

    /// <summary>Looks at the run after its process has ended.</summary>
    /// <param name="exitCode">Exit code; 128 + signal for a killed process.</param>
    /// <param name="words">Last words on standard error.</param>
    public async Task<FoulPlay?> EndAsync(int exitCode, string words)
    {
        if (watch is not null) await watch.DisposeAsync();
        if (Look() is not null) return Foul;
        if (SandboxBreach.OfExit(exitCode, limits) is { } breach) return Foul = Named(breach);
        if (Oversized() is { } large) return Foul = new("file_limit", $"The run wrote {new FileInfo(large).Length >> 20} MiB to {Path.GetFileName(large)}.");
        if (StrangeFile() is { } strange) return Foul = new("strange_files", $"The run left `{strange}` in its folder, which is no plain file.");
        if (exitCode == Stopped) words = Incident.ReadAll(directory.IncidentsPath) is [.., { Detector: "worker" } last] ? last.Message : "";
        if (Outside(words)) return Foul = new("reaches_outside", $"The run tried what its sandbox forbids: {PlainWords.Of(words)}");
        if (!ordinary.Contains(exitCode)) return Foul = new("crashes", $"The run ended with exit code {exitCode}: {PlainWords.Of(words)}");
        if (metrics.End(finished: exitCode == 0) is { } tampered) return Foul = exitCode == 0 && metrics.LastStep < order.Steps && tampered.Detail.Contains("ends at", StringComparison.Ordinal)
            ? new("ended_early", $"The run says that it is done after step {metrics.LastStep} of {order.Steps}.") : tampered;
        if (exitCode != 0) return null;
        var newest = new Checkpoints(directory.CheckpointsPath).Steps() is [.., var step] ? step : 0;
        if (newest < order.Steps) return Foul = new("ended_early", $"The run says that it is done; its newest checkpoint is of step {newest} of {order.Steps}.");
        return Foul = newest > order.Steps ? new("checkpoint_tampered", $"There is a checkpoint of step {newest}; the run has {order.Steps}.") : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (watch is not null) await watch.DisposeAsync();
        // Nobody reads on in what was written to fill the reader's memory.
        if (Foul is not null)
            foreach (var path in (string[])[directory.IncidentsPath, directory.StatusPath, directory.AcknowledgementsPath, directory.SamplesPath, directory.MetricsPath])
                if (File.Exists(path) && new FileInfo(path).Length > LargestReport) File.Delete(path);
        metrics.Dispose();
    }

    private static bool Outside(string words) => refusals.Any(refusal => words.Contains(refusal, StringComparison.OrdinalIgnoreCase));

    // More processor time than the counted work justifies is compute that nobody pays for.
    private static FoulPlay Named(SandboxBreach breach) => breach.Rule == "cpu_limit"
        ? new("unpaid_compute", $"The run {breach.Detail} for its counted work, by the pace of the lab's own runs.")
        : new(breach.Rule, $"The run {breach.Detail}.");

    // What the lab reads whole: a few lines in an honest run.
    private string? Oversized() =>
        Array.Find([directory.IncidentsPath, directory.StatusPath, directory.AcknowledgementsPath, directory.SamplesPath], path => File.Exists(path) && new FileInfo(path).Length > LargestReport);

    // A link could lead the lab to what the run itself cannot see.
    private string? StrangeFile() =>
        new DirectoryInfo(directory.Root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).FirstOrDefault(entry => entry.LinkTarget is not null) is { } link ? PlainWords.Of(Path.GetRelativePath(directory.Root, link.FullName)) : null;
}

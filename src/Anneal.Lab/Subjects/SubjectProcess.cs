using System.Diagnostics;
using Anneal.Lab.Execution;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Subjects;

/// <summary>The subject's command while it runs: both streams are logged within limits and heard line by line.</summary>
internal sealed class SubjectProcess : IDisposable
{
    private const int Chunk = 64 << 10;
    private static readonly TimeSpan lastLines = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly string? scratch;
    private readonly OutputLog output;
    private readonly OutputLog errors;
    private readonly Lock gate = new();
    private readonly Action<string> hear;
    private readonly Task pumps;

    private SubjectProcess(Process process, string folder, string? scratch, Action<string> hear)
    {
        (this.process, this.scratch, this.hear) = (process, scratch, hear);
        Identity = ProcessIdentity.Find(process.Id) ?? new ProcessIdentity(process.Id, "ended");
        output = new OutputLog(Path.Combine(folder, "stdout.log"));
        errors = new OutputLog(Path.Combine(folder, "stderr.log"));
        process.StandardInput.Close();
        pumps = Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, output), PumpAsync(process.StandardError.BaseStream, errors));
        Exit = process.WaitForExitAsync();
    }

    /// <summary>Which process it is.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>Ends with the command itself; what it left behind may still run.</summary>
    public Task Exit { get; }

    /// <summary>Exit code, once <see cref="Exit"/> is done; 128 + signal for a killed one.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Bytes printed so far.</summary>
    public long Printed
    {
        get
        {
            lock (gate) return output.Length + errors.Length;
        }
    }

    /// <summary>Starts the command.</summary>
    /// <param name="start">From <see cref="SubjectCommand"/>.</param>
    /// <param name="scratch">Its <c>ANNEAL_RUN_DIR</c>, by which its stray children are known; null in a sandbox, which leaves none.</param>
    /// <param name="folder">Where <c>stdout.log</c> and <c>stderr.log</c> shall lie.</param>
    /// <param name="hear">Told each line of either stream, one at a time.</param>
    public static SubjectProcess Start(ProcessStartInfo start, string folder, string? scratch, Action<string> hear) => new(Spawner.Start(start), folder, scratch, hear);

    /// <summary>Asks the command and all that it started to end, and after some patience ends them.</summary>
    /// <param name="patience">How long they may take.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        ProcessGroup.AskToEnd(process.Id);
        if (await Task.WhenAny(Exit, Task.Delay(patience)) != Exit) process.Kill(entireProcessTree: true);
        await FinishAsync();
    }

    /// <summary>After the command has ended: ends what it left behind, and reads the last lines.</summary>
    public async Task FinishAsync()
    {
        await Exit;
        ProcessGroup.Kill(process.Id);
        if (scratch is not null) await EndStraysAsync($"{SubjectCommand.RunVariable}={scratch}");
        await Task.WhenAny(pumps, Task.Delay(lastLines));
    }

    /// <summary>The last words of both streams, standard error last.</summary>
    /// <param name="bytes">At most so many of each.</param>
    public string LastWords(int bytes)
    {
        lock (gate) return string.Join('\n', new[] { output.LastWords(bytes).Trim(), errors.LastWords(bytes).Trim() }.Where(words => words.Length > 0));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited) ProcessGroup.Kill(process.Id);
        lock (gate)
        {
            output.Dispose();
            errors.Dispose();
        }
        process.Dispose();
    }

    // A process that is just being started shows no environment yet, so that one look is not enough.
    private static async Task EndStraysAsync(string variable)
    {
        for (var (quiet, looks) = (0, 0); quiet < 2 && looks < 20; looks++)
        {
            quiet = ProcessGroup.KillByVariable(variable) ? 0 : quiet + 1;
            await Task.Delay(50);
        }
    }

    private async Task PumpAsync(Stream stream, OutputLog log)
    {
        var (buffer, lines) = (new byte[Chunk], new LineSplitter());
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var read)
            {
                lock (gate)
                {
                    log.Add(buffer.AsSpan(0, read));
                    foreach (var line in lines.Add(buffer.AsSpan(0, read))) hear(line);
                    log.Flush();
                }
            }
            lock (gate)
                if (lines.Take() is { } rest) hear(rest);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe broke, or we no longer listen.
        }
    }
}

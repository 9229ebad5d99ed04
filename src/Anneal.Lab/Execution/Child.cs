using System.Diagnostics;
using System.Text;

namespace Anneal.Lab.Execution;

/// <summary>
/// A worker process of ours. Its standard input is its lease: when that closes, because we say so or because we died, it ends.
/// </summary>
public sealed class Child : IDisposable
{
    private const int TailLength = 2000;

    private readonly Process process;
    private readonly StringBuilder errors = new();

    private Child(Process process, ProcessIdentity identity)
    {
        this.process = process;
        Identity = identity;
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginErrorReadLine();
        Exit = process.WaitForExitAsync();
    }

    /// <summary>Which process it is.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>Ends with the process, when its output has been read too.</summary>
    public Task Exit { get; }

    /// <summary>Exit code, once <see cref="Exit"/> is done; 128 + signal for a killed one.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>What we say to it; closing it ends the lease.</summary>
    public StreamWriter Input => process.StandardInput;

    /// <summary>What it says.</summary>
    public StreamReader Output => process.StandardOutput;

    /// <summary>Last words on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString().Trim();
        }
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="start">From <see cref="WorkerCommand"/>.</param>
    public static Child Start(ProcessStartInfo start)
    {
        var started = Process.Start(start)!;
        // A child that ended at once has no identity left to read; what is dead needs none.
        return new Child(started, ProcessIdentity.Find(started.Id) ?? new ProcessIdentity(started.Id, "ended"));
    }

    /// <summary>Reads and drops its standard output, so that the pipe never fills.</summary>
    public void DrainOutput() => process.BeginOutputReadLine();

    /// <summary>Closes the lease and, if it does not end in time, kills it and its children.</summary>
    /// <param name="patience">How long it may take to end by itself.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
        if (await Task.WhenAny(Exit, Task.Delay(patience)) != Exit) Kill();
        await Task.WhenAny(Exit, Task.Delay(TimeSpan.FromSeconds(5)));
    }

    /// <summary>Ends it and its children at once.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        lock (errors)
        {
            errors.AppendLine(line);
            if (errors.Length > TailLength) errors.Remove(0, errors.Length - TailLength);
        }
    }
}

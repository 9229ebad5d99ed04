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
    private readonly bool sandboxed;
    private readonly StringBuilder errors = new();
    private Task saying = Task.CompletedTask;

    private Child(Process process, ProcessIdentity identity, bool sandboxed)
    {
        (this.process, this.sandboxed) = (process, sandboxed);
        Identity = identity;
        saying = ReadAsync(process.StandardError, Remember);
        Exit = EndedAsync();
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

    /// <summary>Last words on standard error; control characters, which could steer a terminal, are dots.</summary>
    public string Errors
    {
        get
        {
            lock (errors) return PlainWords.Of(errors.ToString()).Trim();
        }
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="start">From <see cref="WorkerCommand"/> or <see cref="Sandbox.Wrap"/>.</param>
    /// <param name="sandboxed">It is a sandbox, with which all inside it dies.</param>
    public static Child Start(ProcessStartInfo start, bool sandboxed = false)
    {
        var started = Spawner.Start(start);
        // A child that ended at once has no identity left to read; what is dead needs none.
        return new Child(started, ProcessIdentity.Find(started.Id) ?? new ProcessIdentity(started.Id, "ended"), sandboxed);
    }

    /// <summary>Reads and drops its standard output, so that the pipe never fills.</summary>
    public void DrainOutput() => saying = Task.WhenAll(saying, ReadAsync(process.StandardOutput, _ => { }));

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
            // The search for descendants is slower than a fork bomb; the kernel ends what is in a sandbox in one stroke.
            process.Kill(entireProcessTree: !sandboxed);
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

    private async Task EndedAsync()
    {
        await process.WaitForExitAsync();
        await saying;
    }

    // By pieces, not by lines: a line may have no end.
    private static async Task ReadAsync(StreamReader words, Action<ReadOnlyMemory<char>> take)
    {
        var buffer = new char[1024];
        try
        {
            while (await words.ReadAsync(buffer) is > 0 and var count) take(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was ended in the middle of a word.
        }
    }

    private void Remember(ReadOnlyMemory<char> words)
    {
        lock (errors)
        {
            errors.Append(words);
            if (errors.Length > TailLength) errors.Remove(0, errors.Length - TailLength);
        }
    }
}

using System.Runtime.InteropServices;

namespace Anneal.Worker;

/// <summary>Whether somebody wants this process to end: a signal, or, under a lease, the end of its standard input.</summary>
internal sealed class Interruption : IDisposable
{
    // A step, a checkpoint and their disk fit well into this; what does not is stuck.
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    private readonly PosixSignalRegistration terminate, interrupt;
    private volatile string? reason;

    /// <summary>Starts listening.</summary>
    /// <param name="lease">Watch standard input too.</param>
    public Interruption(bool lease)
    {
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        if (lease) new Thread(WatchInput) { IsBackground = true, Name = "lease" }.Start();
    }

    /// <summary>Why to end, or null to go on.</summary>
    public string? Reason => reason;

    public void Dispose()
    {
        terminate.Dispose();
        interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        reason ??= $"interrupted by {context.Signal}";
    }

    private void WatchInput()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // What a parent says here means nothing; that it can still say it is the point.
            }
        }
        catch (IOException)
        {
            // A broken pipe is an end too.
        }
        reason ??= "the parent process is gone";
        Thread.Sleep(patience);
        Environment.Exit(ExitCode.Interrupted);
    }
}

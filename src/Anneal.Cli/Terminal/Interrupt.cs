using System.Runtime.InteropServices;

namespace Anneal.Cli.Terminal;

/// <summary>Ctrl+C and SIGTERM: the first asks the command to save its state and answers at once, the second ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupt() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    /// <summary>Says that the signal was heard; a view that holds the screen shows it in its own place.</summary>
    public static Action<string> Announce { get; set; } = line => Console.Error.WriteLine($"\n{line}");

    /// <summary>A command of the user's runs in the foreground: signals are its business, and it is told of them elsewhere.</summary>
    public static bool Relayed { get; set; }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Relayed)
            return;
        if (_source.IsCancellationRequested)
            Environment.Exit(ExitCode.Interrupted);
        Announce("Stopping cleanly. Ctrl+C once more to force.");
        _source.Cancel();
    }
}

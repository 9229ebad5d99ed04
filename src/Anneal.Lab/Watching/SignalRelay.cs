using System.Runtime.InteropServices;
using Anneal.Lab.Execution;

namespace Anneal.Lab.Watching;

/// <summary>
/// Hands the signals that this process gets on to the command. Ctrl+C goes to its whole group, as a terminal would send it; all
/// others to the command itself, which knows best whom of its children to tell.
/// </summary>
internal sealed class SignalRelay : IDisposable
{
    // Whoever presses Ctrl+C so often wants it to end now.
    private const int Patience = 3;

    private readonly PosixSignalRegistration[] registrations;
    private readonly Lock gate = new();
    private int? root;
    private int interrupts;
    // Came while a command was being started.
    private (int Number, bool Group)? missed;

    public SignalRelay()
    {
        if (OperatingSystem.IsWindows())
        {
            registrations = [];
            return;
        }
        var (user1, user2) = OperatingSystem.IsLinux() ? (10, 12) : (30, 31);
        registrations =
        [
            On(PosixSignal.SIGINT, 2, ends: true), On(PosixSignal.SIGTERM, 15, ends: true), On(PosixSignal.SIGHUP, 1, ends: true), On(PosixSignal.SIGQUIT, 3, ends: true),
            On((PosixSignal)user1, user1, ends: false), On((PosixSignal)user2, user2, ends: false),
        ];
    }

    /// <summary>Name of the first signal that asks a command to end; null: none came.</summary>
    public string? Ending { get; private set; }

    /// <summary>From now on signals go to this process; null: nobody runs.</summary>
    /// <param name="pid">Leader of its group.</param>
    public void Lead(int? pid)
    {
        lock (gate)
        {
            root = pid;
            if (pid is { } leader && missed is { } signal) ProcessGroup.Signal(leader, signal.Number, signal.Group);
            missed = null;
        }
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, int number, bool ends) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        lock (gate)
        {
            if (ends) Ending ??= signal.ToString();
            var group = signal is PosixSignal.SIGINT or PosixSignal.SIGQUIT;
            if (root is not { } pid) missed ??= (number, group);
            else if (signal == PosixSignal.SIGINT && ++interrupts >= Patience) ProcessGroup.Kill(pid);
            else ProcessGroup.Signal(pid, number, group);
        }
    });
}

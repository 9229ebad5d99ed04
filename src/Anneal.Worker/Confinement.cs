using System.Runtime.InteropServices;

namespace Anneal.Worker;

/// <summary>
/// A process that will load code of a proposal gives up, for good and for all its threads, what training does not need: new
/// processes, programs, sockets, links and special files, other processes' memory, mounts. The kernel refuses them from then on.
/// </summary>
internal static partial class Confinement
{
    private const int SetNoNewPrivileges = 38;
    private const int Filter = 1, AllThreads = 1;

    private const ushort Load = 0x20, JumpEqual = 0x15, JumpAny = 0x45, Return = 0x06;
    private const uint Allow = 0x7FFF0000, Refuse = 0x00050000, NotPermitted = 1, Unknown = 38, Kill = 0x80000000;
    private const uint CloneThread = 0x00010000;

    /// <summary>Confines the process where its environment asks for it (<c>ANNEAL_CONFINED=1</c>, set by the sandbox).</summary>
    /// <exception cref="PlatformNotSupportedException">The kernel knows no filters, or nobody wrote down the system calls of this processor.</exception>
    public static void Apply()
    {
        if (Environment.GetEnvironmentVariable("ANNEAL_CONFINED") != "1" || !OperatingSystem.IsLinux()) return;
        if (SystemCalls.Architecture == 0) throw new PlatformNotSupportedException($"code of proposals is confined on x64 and arm64 only, not on {RuntimeInformation.ProcessArchitecture}.");
        var program = Program();
        unsafe
        {
            fixed (Instruction* first = program)
            {
                var whole = new FilterProgram { Length = (ushort)program.Length, First = first };
                if (Control(SetNoNewPrivileges, 1, 0, 0, 0) != 0 || Seccomp((nint)SeccompCall, Filter, AllThreads, &whole) != 0)
                    throw new PlatformNotSupportedException($"the kernel refuses a system call filter (error {Marshal.GetLastPInvokeError()}): code of proposals cannot be confined.");
            }
        }
    }

    private static long SeccompCall => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 317 : 277;

    // A classic BPF program over (number, architecture, arguments): seccomp_data in linux/seccomp.h.
    private static Instruction[] Program()
    {
        const uint number = 0, architecture = 4, firstArgument = 16;
        var program = new List<Instruction>
        {
            new(Load, architecture),
            new(JumpEqual, SystemCalls.Architecture, 1, 0),
            new(Return, Kill),
            new(Load, number),
            // The 32-bit numbers of x64 begin here; nobody of ours uses them.
            new(0x35, 0x40000000, 0, 1),
            new(Return, Refuse | Unknown),
            new(JumpEqual, SystemCalls.Clone3, 0, 1),
            new(Return, Refuse | Unknown),
        };
        foreach (var call in SystemCalls.Closed)
        {
            program.Add(new(JumpEqual, call, 0, 1));
            program.Add(new(Return, Refuse | NotPermitted));
        }
        program.Add(new(JumpEqual, SystemCalls.Clone, 0, 3));
        program.Add(new(Load, firstArgument));
        program.Add(new(JumpAny, CloneThread, 1, 0));
        program.Add(new(Return, Refuse | NotPermitted));
        program.Add(new(Return, Allow));
        return [.. program];
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial nint Seccomp(nint call, nuint operation, nuint flags, FilterProgram* program);

    /// <summary>sock_filter of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value)
    {
        public Instruction(ushort code, uint value, byte ifTrue = 0, byte ifFalse = 0)
            : this(code, ifTrue, ifFalse, value)
        {
        }
    }

    /// <summary>sock_fprog of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public Instruction* First;
    }
}

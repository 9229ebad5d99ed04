namespace Anneal.Lab.Execution;

/// <summary>A limit that a sandboxed process went past; it was ended for it.</summary>
/// <param name="Rule"><c>memory_limit</c>, <c>process_limit</c>, <c>file_limit</c>, <c>cpu_limit</c> or <c>time_limit</c>.</param>
/// <param name="Detail">A sentence with the numbers.</param>
public sealed record SandboxBreach(string Rule, string Detail)
{
    private const int CpuSignal = 128 + 24, FileSizeSignal = 128 + 25;

    /// <summary>The limit that the kernel enforced by a signal, or null for any other end.</summary>
    /// <param name="exitCode">Exit code; 128 + signal for a killed process.</param>
    /// <param name="spec">The limits.</param>
    public static SandboxBreach? OfExit(int exitCode, SandboxSpec spec) => exitCode switch
    {
        CpuSignal => new("cpu_limit", $"used more than {spec.CpuSeconds:0} s of processor time"),
        FileSizeSignal => new("file_limit", $"wrote a file of more than {spec.FileBytes >> 20} MiB"),
        _ => null,
    };
}

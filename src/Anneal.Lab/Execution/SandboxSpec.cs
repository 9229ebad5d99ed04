namespace Anneal.Lab.Execution;

/// <summary>What a sandboxed process sees and how much it may use. What is not listed does not exist for it.</summary>
public sealed record SandboxSpec
{
    /// <summary>Files and folders that it can read, under their own absolute paths. The system's libraries need no mention.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    /// <summary>Folders that it can write, under their own absolute paths. A read-only path inside one stays read-only.</summary>
    public IReadOnlyList<string> Writable { get; init; } = [];

    /// <summary>Device nodes that it can use, under their own absolute paths: <c>/dev/nvidia0</c>. Those that are not there are left out.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Its whole environment, apart from a home and a temporary folder.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Resident memory of all its processes together, in bytes. 4 GiB by default.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>Processes and threads together. 256 by default.</summary>
    public int Processes { get; init; } = 256;

    /// <summary>Largest file, in bytes. 1 GiB by default.</summary>
    public long FileBytes { get; init; } = 1L << 30;

    /// <summary>All writable folders together, in bytes. 4 GiB by default.</summary>
    public long WritableBytes { get; init; } = 4L << 30;

    /// <summary>Size of its private <c>/tmp</c>, in bytes; memory pays for it. 64 MiB by default.</summary>
    public long TemporaryBytes { get; init; } = 64L << 20;

    /// <summary>Open files. 512 by default.</summary>
    public int OpenFiles { get; init; } = 512;

    /// <summary>Processor time of all its processes together, in seconds; null sets no limit.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Time by the lab's clock, in seconds; null sets no limit.</summary>
    public double? WallSeconds { get; init; }
}

using System.Security.Cryptography;
using Anneal.Runs;

namespace Anneal.Lab.Execution;

/// <summary>
/// The worker's own files, as they were when the lab started: all that a sandbox sees of the program. A change of them while
/// the lab runs is somebody tampering, or a new build; in both cases nothing more is started.
/// </summary>
public static class WorkerFiles
{
    private static readonly string[] names =
        ["Anneal.Worker.dll", "Anneal.Worker.deps.json", "Anneal.Worker.runtimeconfig.json", "Anneal.Runs.dll", "Anneal.Data.dll", "Anneal.Engine.dll", "YamlDotNet.dll"];

    /// <summary>Absolute paths.</summary>
    public static IReadOnlyList<string> All { get; } = [.. names.Select(name => Path.Combine(AppContext.BaseDirectory, name))];

    private static readonly Lazy<string> atStart = new(() => HashOf(All));

    /// <summary>SHA-256 over all of them, as first seen by this process; hex.</summary>
    public static string Hash => atStart.Value;

    /// <summary>Demands that they are what they were.</summary>
    /// <exception cref="InputException">One is missing or has changed.</exception>
    public static void Verify()
    {
        if (HashOf(All) != Hash)
            throw new InputException(AppContext.BaseDirectory, "the worker's files have changed while the lab was running: nothing is measured with another program. Build or install Anneal again, then `anneal study resume`.");
    }

    internal static string HashOf(IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            if (!File.Exists(file)) throw new InputException(file, "is missing: the worker lies beside the program. Build or install Anneal again.");
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

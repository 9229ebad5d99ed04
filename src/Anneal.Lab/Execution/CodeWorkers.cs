using System.Diagnostics;
using Anneal.Runs;

namespace Anneal.Lab.Execution;

/// <summary>
/// Starts workers that load code of proposals: in a sandbox which shows them the worker's own files and what else they need, or
/// with the user's own rights where the user said so.
/// </summary>
public sealed class CodeWorkers
{
    // What decides the instructions that the runtime uses, and so the bits of a result, must be the same inside and outside.
    private static readonly string[] kept = ["DOTNET_Enable", "DOTNET_MaxVectorTBitWidth", "DOTNET_PreferredVectorBitWidth", "DOTNET_Tiered", "DOTNET_TC_"];

    private readonly Sandbox? sandbox;

    private CodeWorkers(Sandbox? sandbox) => this.sandbox = sandbox;

    /// <summary>They run in a sandbox.</summary>
    public bool Sandboxed => sandbox is not null;

    /// <summary>How code can be run on this machine, or null if not at all.</summary>
    /// <param name="allowUnsandboxed">Without a sandbox where there is none.</param>
    /// <param name="why">What is missing and how to get it; null where nothing is.</param>
    public static CodeWorkers? Find(bool allowUnsandboxed, out string? why)
    {
        var found = Sandbox.Find(out why);
        if (found is null && !allowUnsandboxed) return null;
        why = null;
        return new(found);
    }

    /// <summary>Start information of a worker, its three streams redirected.</summary>
    /// <param name="limits">What it may use, and what it sees beside the worker's own files.</param>
    /// <param name="arguments">Verb and its arguments.</param>
    /// <exception cref="InputException">The worker's files have changed since the lab started.</exception>
    public ProcessStartInfo Command(SandboxSpec limits, params IEnumerable<string> arguments)
    {
        WorkerFiles.Verify();
        if (sandbox is null) return WorkerCommand.Create(arguments);
        var inner = new ProcessStartInfo(SystemParts.Host, [WorkerFiles.All[0], .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return sandbox.Wrap(inner, limits with { ReadOnly = [.. WorkerFiles.All, .. limits.ReadOnly], Environment = Inherited() });
    }

    private static Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable is { Key: string name, Value: string value } && kept.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) environment[name] = value;
        // No sockets and shared files for debuggers; and system calls that training does not need are closed, see the worker's Confinement.
        environment["DOTNET_EnableDiagnostics"] = "0";
        environment["DOTNET_EnableWriteXorExecute"] = "0";
        environment["ANNEAL_CONFINED"] = "1";
        return environment;
    }
}

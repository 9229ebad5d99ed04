using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Anneal.Data;
using Anneal.Data.Readers;
using Anneal.Engine.Kernels;
using Anneal.Lab.Reports;

namespace Anneal.Lab.Execution;

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">What was found; never the value of a secret.</param>
/// <param name="Well">A study can run as far as this goes.</param>
/// <param name="Hint">What to do where it is not well.</param>
public sealed record Checkup(string Name, string Value, bool Well = true, string? Hint = null)
{
    /// <summary>The document that <c>doctor --json</c> prints.</summary>
    /// <param name="checks">All checks.</param>
    public static JsonObject Document(IReadOnlyList<Checkup> checks) => new()
    {
        ["ok"] = checks.All(check => check.Well),
        ["checks"] = new JsonArray([.. checks.Select(check => new JsonObject { ["name"] = check.Name, ["value"] = check.Value, ["ok"] = check.Well, ["hint"] = check.Hint })]),
    };

    /// <summary>All checks, in the order of a reader's interest; each is made when it is asked for.</summary>
    /// <param name="lab">The lab's folder; its disk is looked at.</param>
    public static IEnumerable<Checkup> All(string lab)
    {
        yield return new("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
        yield return new("sdk", Sdk() ?? "none found beside the runtime; needed only to build");
        yield return new("cores", $"{Environment.ProcessorCount}");
        yield return new("instructions", Instructions());
        yield return new("peak", $"{Units.FlopsPerSecond(MachinePeak.FlopsPerSecond())} of one core, measured with fused multiply-adds in float32");
        yield return new("memory", Memory());
        yield return Disk(lab);
        yield return Key("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL");
        yield return Key("OPENAI_API_KEY", "OPENAI_BASE_URL");
        yield return Confinement();
        yield return Program("git", "needed only for studies of other repositories");
        yield return Program("python3", "needed only by subjects that use it");
        yield return Documentation();
        yield return Worker();
    }

    private static string? Sdk()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "sdk"));
        return Directory.Exists(root) ? string.Join(", ", Directory.GetDirectories(root).Select(Path.GetFileName).Order()) : null;
    }

    private static string Instructions()
    {
        string[] present =
        [
            .. Avx512F.IsSupported ? ["AVX-512"] : Array.Empty<string>(),
            .. Avx2.IsSupported ? ["AVX2"] : Array.Empty<string>(),
            .. Fma.IsSupported ? ["FMA"] : Array.Empty<string>(),
            .. System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? ["Neon"] : Array.Empty<string>(),
        ];
        return $"{(int)Simd.Level} floats wide{(present.Length > 0 ? $" ({string.Join(", ", present)})" : "")}";
    }

    private static string Memory()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = File.Exists("/proc/meminfo") ? File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        var available = free is null ? "" : $", {long.Parse(free.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / (1024.0 * 1024):0.0} GiB free";
        return $"{limit / (1024.0 * 1024 * 1024):0.0} GiB{available}";
    }

    private static Checkup Disk(string lab)
    {
        var folder = new DirectoryInfo(Path.GetFullPath(lab));
        while (!folder.Exists && folder.Parent is { } parent)
            folder = parent;
        var free = new DriveInfo(folder.FullName).AvailableFreeSpace / 1e9;
        return new("disk", $"{free:0.0} GB free at {folder.FullName}", free > 0.5, free > 0.5 ? null : "a study wants half a gigabyte");
    }

    private static Checkup Key(string key, string url)
    {
        var present = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(key));
        var elsewhere = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(url)) ? "" : $", {url} is set";
        return new(key, $"{(present ? "present" : "not set (not needed)")}{elsewhere}");
    }

    private static Checkup Confinement() => Sandbox.Find(out var why) is null
        ? new("sandbox", $"none: {why} Without one, code of proposals is refused.")
        : new("sandbox", "bubblewrap works: code of proposals runs without network, in a file system of its own");

    private static Checkup Program(string name, string without)
    {
        try
        {
            using var program = Process.Start(new ProcessStartInfo(name, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var version = program.StandardOutput.ReadToEnd().Trim();
            program.WaitForExit();
            return new(name, program.ExitCode == 0 ? version : $"ends with exit code {program.ExitCode}; {without}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new(name, $"not found ({without})");
        }
    }

    private static Checkup Documentation()
    {
        try
        {
            var source = Source.Open(Source.DotnetDocsName, new CorpusOptions());
            return new("corpus", $"{source.Origin} ({Units.Plural(source.Files.Count, "file")}, {source.Files.Sum(file => new FileInfo(file).Length) / 1e6:0} MB)");
        }
        catch (CorpusException failure)
        {
            return new("corpus", "no built-in text found", false, failure.Message);
        }
    }

    private static Checkup Worker()
    {
        var worker = Path.Combine(AppContext.BaseDirectory, "Anneal.Worker.dll");
        return File.Exists(worker)
            ? new("worker", worker)
            : new("worker", "not found", false, $"{worker} is missing; build or install Anneal again");
    }
}

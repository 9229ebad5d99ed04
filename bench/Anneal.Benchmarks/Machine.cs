using Anneal.Engine.Kernels;

namespace Anneal.Benchmarks;

/// <summary>The machine in words.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string processor = "unknown processor";
        if (File.Exists("/proc/cpuinfo"))
        {
            string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null) processor = line[(line.IndexOf(':') + 1)..].Trim();
        }

        return $"{processor}, {Environment.ProcessorCount} cores, {Simd.Level}, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}";
    }
}

using System.Diagnostics;

namespace Anneal.Lab.Execution;

/// <summary>Keys to language models stay in the lab's own process.</summary>
public static class ProviderKeys
{
    private static readonly string[] prefixes = ["ANTHROPIC_", "OPENAI_"];

    /// <summary>Takes every variable of a provider out of a child's environment.</summary>
    /// <param name="start">A process about to be started.</param>
    public static void Scrub(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(name);
    }
}

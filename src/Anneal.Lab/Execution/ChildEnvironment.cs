namespace Anneal.Lab.Execution;

/// <summary>What a child process of the lab inherits: no keys.</summary>
internal static class ChildEnvironment
{
    private static readonly string[] secretMarks = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL", "AUTH"];

    /// <summary>Removes keys and addresses of model providers, and every other variable whose name speaks of a secret.</summary>
    /// <param name="environment">To be changed.</param>
    public static void Scrub(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsSecret).ToList()) environment.Remove(name);
    }

    private static bool IsSecret(string name) =>
        name.StartsWith("ANTHROPIC", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OPENAI", StringComparison.OrdinalIgnoreCase)
        || secretMarks.Any(mark => name.Contains(mark, StringComparison.OrdinalIgnoreCase));
}

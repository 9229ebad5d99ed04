using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Anneal.Lab.Reports;

/// <summary>Fingerprint of what a study promised: its specification and its resolved baseline.</summary>
public static class PlanHash
{
    /// <summary>
    /// SHA-256 over the specification (as JSON, declaration order) and the baseline recipe, 64 hexadecimal digits. Where the recipe's file
    /// or the repository lies does not count; what it says does.
    /// </summary>
    /// <param name="spec">The study as it is started.</param>
    /// <param name="baseline">Resolved baseline recipe (YAML).</param>
    public static string Of(StudySpec spec, string baseline) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{JsonSerializer.Serialize(spec with { Recipe = "", Subject = spec.Subject is { } subject ? subject with { Path = "" } : null })}\n{baseline}")));
}

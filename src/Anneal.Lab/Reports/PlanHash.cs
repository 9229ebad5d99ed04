using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>Fingerprint of what a study promised: its specification and its resolved baseline.</summary>
public static class PlanHash
{
    /// <summary>SHA-256 over the specification (as JSON, declaration order) and the baseline recipe, 64 hexadecimal digits.</summary>
    public static string Of(StudyRecord study) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{JsonSerializer.Serialize(study.Spec)}\n{study.Baseline}")));
}

using System.Security.Cryptography;
using System.Text;
using Anneal.Runs.Recipes;

namespace Anneal.Lab;

/// <summary>What makes two experiments the same one.</summary>
public static class ExperimentIdentity
{
    /// <summary>SHA-256 over both resolved recipes without seeds, in hexadecimal.</summary>
    /// <param name="control">Champion, with its full-run budget.</param>
    /// <param name="treatment">Changed recipe, with its full-run budget.</param>
    public static string Of(Recipe control, Recipe treatment) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{control.Identity()}\n{treatment.Identity()}")));
}

using System.Security.Cryptography;
using System.Text;
using Anneal.Lab.Code;

namespace Anneal.Lab.Reports;

/// <summary>Code of a proposal as reports name it.</summary>
internal static class CodeWords
{
    /// <summary>SHA-256 of the source, 64 hexadecimal digits; the recipe names it so.</summary>
    public static string Hash(ProposedCode code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Source)));

    /// <summary>Kind, length and the start of the hash.</summary>
    public static string Title(ProposedCode code) =>
        $"{code.Kind.ToString().ToLowerInvariant()} in C#, {Units.Plural(code.Source.TrimEnd('\n').Split('\n').Length, "line")}, sha256 {Hash(code)[..12]}";
}

using Anneal.Lab.Code;

namespace Anneal.Lab.Reports;

/// <summary>Code of a proposal as reports name it.</summary>
internal static class CodeWords
{
    /// <summary>Which part of the trainer it replaces.</summary>
    public static string Kind(ProposedCode code) => $"{code.Kind.ToString().ToLowerInvariant()} in C#";

    /// <summary>Kind, length and the start of the hash.</summary>
    public static string Title(ProposedCode code) =>
        $"{Kind(code)}, {Units.Plural(code.Source.TrimEnd('\n').Split('\n').Length, "line")}, sha256 {CodeCompiler.HashOf(code.Source)[..12]}";
}

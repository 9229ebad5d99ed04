namespace Anneal.Lab.Code;

/// <summary>Proposed code after the compiler.</summary>
/// <param name="Kind">Which part it is.</param>
/// <param name="Hash">SHA-256 of the source (UTF-8), in hexadecimal digits: its name everywhere.</param>
/// <param name="Assembly">The compiled part; empty where there are problems. The same source gives the same bytes.</param>
/// <param name="Problems">What keeps it from being used; empty for sound code.</param>
public sealed record CompiledCode(CodeKind Kind, string Hash, byte[] Assembly, IReadOnlyList<CodeProblem> Problems)
{
    /// <summary>It can be stored and checked in the sandbox.</summary>
    public bool IsSound => Problems.Count == 0;
}

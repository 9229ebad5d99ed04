namespace Anneal.Lab.Code;

/// <summary>A source in the store, compiled.</summary>
/// <param name="Kind">Which part it is.</param>
/// <param name="Hash">SHA-256 of the source.</param>
/// <param name="SourcePath">The source.</param>
/// <param name="AssemblyPath">What it compiles to.</param>
/// <param name="AssemblyHash">SHA-256 of that file.</param>
public sealed record StoredCode(CodeKind Kind, string Hash, string SourcePath, string AssemblyPath, string AssemblyHash);

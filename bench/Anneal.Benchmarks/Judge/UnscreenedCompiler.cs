using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Anneal.Benchmarks.Judge;

// What somebody gets who is past the screen of proposed code: the whole framework, pointers, everything. Behind it stand the
// sandbox and the judge.
internal static class UnscreenedCompiler
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Numerics; global using Anneal.Engine.Custom; global using Anneal.Engine.Models;";

    private static readonly Lazy<MetadataReference[]> references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "Anneal.Engine.dll").Select(path => MetadataReference.CreateFromFile(path))]);

    public static byte[] Compile(string name, string source)
    {
        var compilation = CSharpCompilation.Create(
            $"Proposal.{name}",
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(source)],
            references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        using var assembly = new MemoryStream();
        var emitted = compilation.Emit(assembly);
        if (!emitted.Success) throw new InvalidOperationException($"{name}: {string.Join("; ", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))}");
        return assembly.ToArray();
    }
}

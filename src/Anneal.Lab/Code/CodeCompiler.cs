using System.Security.Cryptography;
using System.Text;
using Anneal.Engine.Custom;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Anneal.Lab.Code;

/// <summary>
/// Compiles what a proposal brings along, against a fixed set of references and nothing else: no analyzers, no generators, no
/// directives, no unsafe code. The lab never loads the result; only the sandboxed worker does.
/// </summary>
public static class CodeCompiler
{
    /// <summary>Longest source, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    private const int DeepestNesting = 100, DeepestTree = 400, MostProblems = 20;

    private const string GlobalUsings = "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Numerics; global using Anneal.Engine.Custom; global using Anneal.Engine.Models;";

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    // What source needs to be compiled at all. That it may use less of it is for the screen to say.
    private static readonly string[] framework = ["System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Memory", "System.Numerics.Vectors"];

    private static readonly Lazy<MetadataReference[]> references = new(() =>
    [
        .. framework.Select(name => MetadataReference.CreateFromFile(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"))),
        MetadataReference.CreateFromFile(typeof(CustomBlock).Assembly.Location),
    ]);

    private static readonly CSharpParseOptions parsing = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Regular);

    /// <summary>Compiles and screens a source.</summary>
    /// <param name="code">Kind and source.</param>
    /// <returns>The assembly, or what is wrong.</returns>
    public static CompiledCode Compile(ProposedCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var hash = HashOf(code.Source);
        if (code.Source.Length > MaxLength)
            return Refused(code, hash, [new(0, 0, $"The source has {code.Source.Length} characters; expected at most {MaxLength}: one part of a trainer, not a library.")]);
        using var patient = new CancellationTokenSource(patience);
        try
        {
            return Compile(code, hash, patient.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or InsufficientExecutionStackException)
        {
            return Refused(code, hash, [new(0, 0, $"The compiler gave up on it ({(e is OperationCanceledException ? $"{patience.TotalSeconds:0} s" : "too deeply nested")}); write it more plainly.")]);
        }
    }

    /// <summary>The name of a source: SHA-256 of its UTF-8 bytes, in hexadecimal digits.</summary>
    /// <param name="source">C#.</param>
    public static string HashOf(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));

    private static CompiledCode Compile(ProposedCode code, string hash, CancellationToken cancel)
    {
        var text = SourceText.From(code.Source, Encoding.UTF8, SourceHashAlgorithm.Sha256);
        var tokens = SyntaxFactory.ParseTokens(code.Source, options: parsing);
        if (Nesting(tokens) > DeepestNesting) return Refused(code, hash, [new(0, 0, $"Brackets are nested more than {DeepestNesting} deep; write it more plainly.")]);
        var tree = CSharpSyntaxTree.ParseText(text, parsing, "proposal.cs", cancel);
        var root = (CompilationUnitSyntax)tree.GetRoot(cancel);
        if (Depth(root) > DeepestTree) return Refused(code, hash, [new(0, 0, $"An expression has more than {DeepestTree} parts in one chain; write it as a loop or a table.")]);
        if (CodeScreen.Syntax(root) is { Count: > 0 } shape) return Refused(code, hash, shape);

        var compilation = CSharpCompilation.Create(
            $"Proposal.{hash[..16]}",
            [CSharpSyntaxTree.ParseText(SourceText.From(GlobalUsings, Encoding.UTF8, SourceHashAlgorithm.Sha256), parsing, "usings.cs", cancel), tree],
            references.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: false, deterministic: true,
                concurrentBuild: false, nullableContextOptions: NullableContextOptions.Disable, metadataImportOptions: MetadataImportOptions.Public));
        var errors = compilation.GetDiagnostics(cancel).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(Problem).ToList();
        if (errors.Count > 0) return Refused(code, hash, errors);
        if (CodeScreen.Meaning(compilation, tree, code.Kind, cancel) is { Count: > 0 } forbidden) return Refused(code, hash, forbidden);

        using var assembly = new MemoryStream();
        var emitted = compilation.Emit(assembly, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded), cancellationToken: cancel);
        return emitted.Success
            ? new(code.Kind, hash, assembly.ToArray(), [])
            : Refused(code, hash, [.. emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(Problem)]);
    }

    private static CompiledCode Refused(ProposedCode code, string hash, IReadOnlyList<CodeProblem> problems) =>
        new(code.Kind, hash, [], [.. problems.DistinctBy(problem => problem.ToString()).Take(MostProblems)]);

    private static CodeProblem Problem(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan().StartLinePosition;
        return new(place.Line + 1, place.Character + 1, $"{diagnostic.Id}: {diagnostic.GetMessage()}");
    }

    private static int Nesting(IEnumerable<SyntaxToken> tokens)
    {
        int depth = 0, deepest = 0;
        foreach (var token in tokens)
        {
            if (token.Kind() is SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken) deepest = Math.Max(deepest, ++depth);
            if (token.Kind() is SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken) depth--;
        }

        return deepest;
    }

    // A chain of operators nests without brackets, and binding it costs the square of its length.
    private static int Depth(SyntaxNode root)
    {
        var deepest = 0;
        var open = new Stack<(SyntaxNode Node, int Depth)>([(root, 1)]);
        while (open.TryPop(out var at))
        {
            deepest = Math.Max(deepest, at.Depth);
            foreach (var child in at.Node.ChildNodes()) open.Push((child, at.Depth + 1));
        }

        return deepest;
    }
}

using Anneal.Engine.Custom;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Anneal.Lab.Code;

/// <summary>
/// What proposed code may consist of: a list of what is allowed, and for everything else a sentence that says what to use instead.
/// The screen teaches; it is not the border. That is the sandbox, which holds code that came past every list.
/// </summary>
internal static class CodeScreen
{
    private const int LargestStackAllocation = 4096;

    private static readonly Dictionary<CodeKind, string> bases = new()
    {
        [CodeKind.Block] = nameof(CustomBlock),
        [CodeKind.Optimizer] = nameof(CustomOptimizer),
        [CodeKind.Schedule] = nameof(CustomSchedule),
        [CodeKind.Loss] = nameof(CustomLoss),
    };

    /// <summary>What is wrong with its form, before anything is bound.</summary>
    /// <param name="root">The source.</param>
    public static IReadOnlyList<CodeProblem> Syntax(CompilationUnitSyntax root)
    {
        var problems = new List<CodeProblem>();
        foreach (var trivia in root.DescendantTrivia(descendIntoTrivia: false))
            if (trivia.IsDirective) Add(trivia.GetLocation(), $"`{Short(trivia.ToString())}` is a directive; plain source only, without #if, #pragma, #line, #r and the like");
        foreach (var node in root.DescendantNodes())
            if (Flaw(node) is { } flaw) Add(node.GetLocation(), flaw);
        foreach (var token in root.DescendantTokens())
            if (token.Kind() is SyntaxKind.UnsafeKeyword or SyntaxKind.ExternKeyword or SyntaxKind.AsyncKeyword or SyntaxKind.VolatileKeyword)
                Add(token.GetLocation(), $"`{token}` has no place in a part of the trainer: spans, one thread, managed code");
        return problems;

        void Add(Location location, string message) => problems.Add(At(location, message));
    }

    /// <summary>What is wrong with what its names mean.</summary>
    /// <param name="compilation">Free of errors.</param>
    /// <param name="tree">The source.</param>
    /// <param name="kind">Which part it is to be.</param>
    /// <param name="cancel">Gives up.</param>
    public static IReadOnlyList<CodeProblem> Meaning(CSharpCompilation compilation, SyntaxTree tree, CodeKind kind, CancellationToken cancel)
    {
        var model = compilation.GetSemanticModel(tree);
        var problems = new List<CodeProblem>(Part(model, tree, kind, cancel));
        foreach (var node in tree.GetRoot(cancel).DescendantNodes())
        {
            cancel.ThrowIfCancellationRequested();
            if (node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null) continue;
            if (Field(model, node, cancel) is { } field) problems.Add(At(node.GetLocation(), field));
            var type = model.GetTypeInfo(node, cancel);
            var why = Allowance.Refuse(model.GetSymbolInfo(node, cancel).Symbol) ?? Allowance.Refuse(type.Type) ?? Allowance.Refuse(type.ConvertedType);
            // The innermost node that shows it says it best.
            if (why is not null && !node.ChildNodes().Any(child => Allowance.Refuse(model.GetSymbolInfo(child, cancel).Symbol) is not null))
                problems.Add(At(node.GetLocation(), why));
        }

        return [.. problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).DistinctBy(problem => (problem.Line, problem.Message))];
    }

    private static string? Flaw(SyntaxNode node) => node switch
    {
        GlobalStatementSyntax => "a statement outside any class; write one public sealed class",
        AttributeListSyntax { Target: not null } => "an attribute on the assembly or module; leave it out",
        AttributeSyntax attribute when attribute.Name.ToString() is not ("MethodImpl" or "System.Runtime.CompilerServices.MethodImpl") => $"the attribute `{attribute.Name}`; a part needs none",
        DestructorDeclarationSyntax => "a finalizer runs at no time that repeats; leave it out",
        ConstructorDeclarationSyntax constructor when constructor.Modifiers.Any(SyntaxKind.StaticKeyword) => "a static constructor; compute constants in the instance's constructor",
        FixedStatementSyntax or PointerTypeSyntax or FunctionPointerTypeSyntax => "pointers; work on spans",
        LockStatementSyntax => "a lock; the lab calls a part from one thread",
        AwaitExpressionSyntax => "await; a part computes and returns",
        StackAllocArrayCreationExpressionSyntax { Type: ArrayTypeSyntax { RankSpecifiers: [{ Sizes: [var size] }] } } when !IsSmall(size) => $"a stackalloc of `{Short(size.ToString())}`; write a constant up to {LargestStackAllocation}, or use scratch memory (`p.Math.Scratch`)",
        UsingDirectiveSyntax { GlobalKeyword.RawKind: not 0 } => "a global using; write it without `global`",
        ExternAliasDirectiveSyntax => "an extern alias; the references are fixed",
        IdentifierNameSyntax { Identifier.ValueText: "dynamic" } => "`dynamic` binds at run time, by reflection; write the type",
        _ => null,
    };

    private static bool IsSmall(ExpressionSyntax size) => size is OmittedArraySizeExpressionSyntax || (size is LiteralExpressionSyntax { Token.Value: int count } && count <= LargestStackAllocation);

    /// <summary>Exactly one public sealed class of the right kind.</summary>
    private static IEnumerable<CodeProblem> Part(SemanticModel model, SyntaxTree tree, CodeKind kind, CancellationToken cancel)
    {
        var wanted = bases[kind];
        var types = tree.GetRoot(cancel).DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(node => model.GetDeclaredSymbol(node, cancel)).OfType<INamedTypeSymbol>().ToList();
        var open = types.Where(type => type.DeclaredAccessibility == Accessibility.Public && type.ContainingType is null).ToList();
        if (open.Count != 1)
        {
            yield return new(0, 0, $"The source declares {open.Count} public types ({(open.Count == 0 ? "none" : string.Join(", ", open.Select(type => type.Name)))}); expected exactly one, the public sealed class that derives from {wanted}. Make helpers internal.");
            yield break;
        }

        var part = open[0];
        var place = part.Locations[0];
        if (part.BaseType is not { ContainingNamespace: { } home, Name: var name } || name != wanted || home.ToDisplayString() != typeof(CustomBlock).Namespace)
            yield return At(place, $"`{part.Name}` derives from {part.BaseType?.Name ?? "nothing"}; a proposal of kind {kind.ToString().ToLowerInvariant()} derives from {wanted}");
        if (!part.IsSealed || part.IsStatic) yield return At(place, $"`{part.Name}` is not sealed; write `public sealed class {part.Name} : {wanted}`");
        if (part.IsGenericType) yield return At(place, $"`{part.Name}` is generic; the lab makes it without type arguments");
        if (!part.InstanceConstructors.Any(constructor => constructor is { Parameters.Length: 0, DeclaredAccessibility: Accessibility.Public }))
            yield return At(place, $"`{part.Name}` has no public constructor without parameters; the lab makes it with `new {part.Name}()`. Settings come from the recipe.");
    }

    // Static state outlives a run's checkpoint and joins what must be apart.
    private static string? Field(SemanticModel model, SyntaxNode node, CancellationToken cancel)
    {
        if (node is not (VariableDeclaratorSyntax or PropertyDeclarationSyntax or EventDeclarationSyntax or EventFieldDeclarationSyntax)) return null;
        var symbol = node is EventFieldDeclarationSyntax ? null : model.GetDeclaredSymbol(node, cancel);
        return symbol switch
        {
            IFieldSymbol { IsStatic: true, IsConst: false } field when !(field.IsReadOnly && Allowance.IsPlain(field.Type)) =>
                $"`{field.Name}` is static state; use `const`, a table written as `static ReadOnlySpan<float> {field.Name} => [...];`, or a field of the instance",
            IPropertySymbol { IsStatic: true } property when property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property)) =>
                $"`{property.Name}` is static state; write it as an expression: `static float {property.Name} => ...;`",
            IEventSymbol => "an event; the lab calls a part, nobody listens",
            _ => null,
        };
    }

    private static CodeProblem At(Location location, string message)
    {
        var place = location.GetLineSpan().StartLinePosition;
        return new(place.Line + 1, place.Character + 1, char.ToUpperInvariant(message[0]) + message[1..] + (message.EndsWith('.') || message.EndsWith(';') ? "" : "."));
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

using Microsoft.CodeAnalysis;

namespace Anneal.Lab.Code;

/// <summary>The types and members that proposed code may use.</summary>
internal static class Allowance
{
    private static readonly HashSet<string> namespaces = ["Anneal.Engine.Custom", "System.Collections.Generic", "System.Linq", "System.Numerics"];

    private static readonly HashSet<string> types =
    [
        .. Names("System",
            "Object Void Boolean Byte SByte Int16 UInt16 Int32 UInt32 Int64 UInt64 Int128 UInt128 Half Single Double Decimal Char String ValueType Enum Array Nullable "
            + "Math MathF BitConverter Span ReadOnlySpan Memory ReadOnlyMemory MemoryExtensions Index Range ValueTuple Tuple "
            + "Func Action Predicate Comparison IEquatable IComparable IFormattable ISpanFormattable IConvertible IDisposable ICloneable MidpointRounding StringComparison "
            + "Exception ArgumentException ArgumentNullException ArgumentOutOfRangeException InvalidOperationException NotSupportedException NotImplementedException "
            + "ArithmeticException DivideByZeroException OverflowException IndexOutOfRangeException"),
        .. Names("Anneal.Engine.Models", "ModelConfig MlpConfig MlpKind NormConfig NormKind NormPlace PositionConfig PositionKind ParameterGroup"),
        .. Names("Anneal.Engine.Optimizers", "OptimizerConfig OptimizerKind Betas GroupScales"),
        .. Names("System.Runtime.CompilerServices", "MethodImplAttribute MethodImplOptions ITuple"),
        .. Names("System.Collections", "IEnumerable IEnumerator ICollection IList IStructuralEquatable IStructuralComparable"),
    ];

    private static readonly string[] inlining = ["AggressiveInlining", "AggressiveOptimization", "NoInlining"];

    // First match counts: the longer name comes first.
    private static readonly (string Prefix, string Instead)[] instead =
    [
        ("System.IO", "a part has no files: the lab feeds it and writes its checkpoints; what must survive a step belongs into declared states"),
        ("System.Net", "a part has no network"),
        ("System.Diagnostics", "a part starts nothing and reads no clock; the lab measures"),
        ("System.Reflection", "a part calls members by name, without reflection"),
        ("System.Type", "a part calls members by name, without reflection"),
        ("System.Activator", "a part calls members by name, without reflection"),
        ("System.Delegate", "a part calls members by name, without reflection"),
        ("System.RuntimeTypeHandle", "a part calls members by name, without reflection"),
        ("System.Runtime.InteropServices", "spans check their bounds and stay; use Span and VectorMath"),
        ("System.Runtime.CompilerServices", "spans check their bounds and stay; use Span and VectorMath"),
        ("System.Runtime.Intrinsics", "use System.Numerics.Vector, or VectorMath and LinearAlgebra, which are vectorised"),
        ("System.Threading", "a part is called from one thread; LinearAlgebra uses the lab's threads for you"),
        ("System.Environment", "settings come from the recipe: `b.Model`, `p.Settings`"),
        ("System.Console", "to say why something is wrong, throw an ArgumentException: its message is reported"),
        ("System.Random", "runs repeat bit for bit: derive what looks random from the step and the place, or leave it to the initial weights"),
        ("System.Guid", "runs repeat bit for bit: derive what looks random from the step and the place"),
        ("System.HashCode", "it differs from process to process, and runs repeat bit for bit; compute with numbers"),
        ("System.DateTime", "a part reads no clock; the step is `p.Step`, or the argument of Rate"),
        ("System.TimeProvider", "a part reads no clock"),
        ("System.GC", "memory is the runtime's; scratch memory is `p.Math.Scratch`"),
        ("System.AppDomain", "a part knows nothing of its process"),
        ("System.AppContext", "a part knows nothing of its process"),
        ("Anneal.Engine", "of the engine a part uses Anneal.Engine.Custom, and the recipe's settings"),
    ];

    /// <summary>Why a symbol is not allowed, with what to use instead; null for one that is.</summary>
    public static string? Refuse(ISymbol? symbol) => symbol switch
    {
        null or INamespaceSymbol or ILabelSymbol or IPreprocessingSymbol or IRangeVariableSymbol or IDiscardSymbol => null,
        ITypeSymbol type => Type(type),
        ILocalSymbol local => Type(local.Type),
        IParameterSymbol parameter => Type(parameter.Type),
        IMethodSymbol { MethodKind: MethodKind.BuiltinOperator or MethodKind.AnonymousFunction or MethodKind.LocalFunction } => null,
        IMethodSymbol { Name: "GetHashCode", Parameters.Length: 0 } method when !IsOurs(method) || method.IsImplicitlyDeclared => "`GetHashCode` differs from process to process, and runs repeat bit for bit; compute with numbers",
        _ when IsOurs(symbol) || symbol.ContainingType is null => null,
        // Vector.LoadUnsafe and its kin take any offset without a pointer in sight.
        _ when symbol.Name.Contains("Unsafe", StringComparison.Ordinal) || symbol.Name.Contains("Dangerous", StringComparison.Ordinal) =>
            $"`{symbol.ContainingType.ToDisplayString()}.{symbol.Name}` does not check bounds; use spans and indices",
        IFieldSymbol { ContainingType.Name: "MethodImplOptions" } option when !inlining.Contains(option.Name) => $"`MethodImplOptions.{option.Name}`; of these a part may use {string.Join(", ", inlining)}",
        _ => Type(symbol.ContainingType) is { } why ? why.Replace("`" + symbol.ContainingType.ToDisplayString() + "`", $"`{symbol.ContainingType.ToDisplayString()}.{symbol.Name}`", StringComparison.Ordinal) : null,
    };

    /// <summary>A value without parts that could change.</summary>
    public static bool IsPlain(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String;

    private static string? Type(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Type(array.ElementType),
        ITypeParameterSymbol or IErrorTypeSymbol => null,
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => $"`{type.ToDisplayString()}` is a pointer; work on spans",
        IDynamicTypeSymbol => "`dynamic` binds at run time, by reflection; write the type",
        INamedTypeSymbol named => Named(named),
        _ => $"`{type.ToDisplayString()}` is not on the list of what a part may use",
    };

    private static string? Named(INamedTypeSymbol type)
    {
        if (type.IsAnonymousType || IsOurs(type)) return type.TypeArguments.Select(Type).FirstOrDefault(why => why is not null);
        var outermost = type;
        while (outermost.ContainingType is { } container) outermost = container;
        var home = outermost.ContainingNamespace?.ToDisplayString() ?? "";
        if (!namespaces.Contains(home) && !types.Contains($"{home}.{outermost.Name}"))
        {
            var full = $"{home}.{outermost.Name}";
            var hint = Array.Find(instead, entry => full.StartsWith(entry.Prefix, StringComparison.Ordinal)).Instead;
            return $"`{type.ToDisplayString()}` is not for a part of the trainer: {hint ?? "it may use numbers, spans, arrays, lists, LINQ, System.Numerics and Anneal.Engine.Custom"}";
        }

        return type.TypeArguments.Select(Type).FirstOrDefault(why => why is not null);
    }

    private static bool IsOurs(ISymbol symbol) => symbol.Locations.Length > 0 && symbol.Locations[0].IsInSource;

    private static IEnumerable<string> Names(string home, string words) => words.Split(' ').Select(word => $"{home}.{word}");
}

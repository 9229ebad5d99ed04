using Anneal.Engine.Custom;

namespace Anneal.Lab.Code;

/// <summary>Where each kind of code stands in a recipe.</summary>
internal static class CodeKinds
{
    /// <summary>Last word of its key: <c>block</c> of <c>code.block</c>.</summary>
    public static string Word(this CodeKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Hash of that kind in a recipe's code; empty for none.</summary>
    public static string HashIn(this CodeKind kind, CodeConfig code) => kind switch
    {
        CodeKind.Block => code.Block,
        CodeKind.Optimizer => code.Optimizer,
        CodeKind.Schedule => code.Schedule,
        CodeKind.Loss => code.Loss,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of code"),
    };

    /// <summary>The code with another hash of that kind.</summary>
    public static CodeConfig With(this CodeConfig code, CodeKind kind, string hash) => kind switch
    {
        CodeKind.Block => code with { Block = hash },
        CodeKind.Optimizer => code with { Optimizer = hash },
        CodeKind.Schedule => code with { Schedule = hash },
        CodeKind.Loss => code with { Loss = hash },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of code"),
    };
}

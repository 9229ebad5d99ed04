using ModelContextProtocol.Protocol;

namespace Anneal.Server.Mcp;

/// <summary>What a tool may do, as hints for a client. They bind nobody: what is enforced is enforced by the server.</summary>
internal static class Hints
{
    /// <summary>Only reads.</summary>
    public static ToolAnnotations Reads => new() { ReadOnlyHint = true, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false };

    /// <summary>Adds to the lab; the same call again adds nothing.</summary>
    public static ToolAnnotations Adds => new() { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false };

    /// <summary>Adds to the lab, each call once more.</summary>
    public static ToolAnnotations AddsEach => new() { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = false, OpenWorldHint = false };

    /// <summary>Works on a study; the same call goes on with it. A language model outside may be asked.</summary>
    public static ToolAnnotations Works => new() { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = true };
}

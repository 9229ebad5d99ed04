namespace Anneal.Server.Mcp;

/// <summary>What an MCP server works on and what it may spend.</summary>
public sealed record McpOptions
{
    /// <summary>The lab's folder.</summary>
    public required string Lab { get; init; }

    /// <summary>Folder that files of callers must lie in, beside the lab.</summary>
    public required string Root { get; init; }

    /// <summary>Most counted training FLOPs that callers may spend without being asked; null: none set.</summary>
    public double? Flops { get; init; }

    /// <summary>Most dollars for language models; null: none set, so no paid model is asked.</summary>
    public double? Usd { get; init; }

    /// <summary>Most wall-clock seconds of work; null: none set.</summary>
    public double? Seconds { get; init; }
}

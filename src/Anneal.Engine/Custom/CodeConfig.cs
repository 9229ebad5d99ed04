using System.Text.Json.Serialization;

namespace Anneal.Engine.Custom;

/// <summary>Parts of a run that are code of proposals: SHA-256 of each source (64 hexadecimal digits), empty where the recipe's own part stands.</summary>
public sealed record CodeConfig
{
    /// <summary>Of the block.</summary>
    public string Block { get; init; } = "";

    /// <summary>Of the optimizer.</summary>
    public string Optimizer { get; init; } = "";

    /// <summary>Of the schedule.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>Of the loss.</summary>
    public string Loss { get; init; } = "";

    /// <summary>No part is code.</summary>
    [JsonIgnore]
    public bool IsEmpty => Block.Length + Optimizer.Length + Schedule.Length + Loss.Length == 0;

    /// <summary>Throws where a part has no hash, or a hash no part.</summary>
    internal static void Demand(CodeConfig? hashes, CustomParts? parts)
    {
        Same("block", hashes?.Block, parts?.Block);
        Same("optimizer", hashes?.Optimizer, parts?.Optimizer);
        Same("schedule", hashes?.Schedule, parts?.Schedule);
        Same("loss", hashes?.Loss, parts?.Loss);
    }

    private static void Same(string kind, string? hash, object? part)
    {
        if (string.IsNullOrEmpty(hash) && part is not null) throw new ArgumentException($"code.{kind}: {part.GetType().Name} has no hash; name its source's SHA-256, so that checkpoints can tell.");
        if (!string.IsNullOrEmpty(hash) && part is null) throw new ArgumentException($"code.{kind}: the run needs code {hash}, which was not given; load the compiled proposal.");
    }
}

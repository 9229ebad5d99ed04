namespace Anneal.Runs.Protocol;

/// <summary>The compiled proposals that a run is made with.</summary>
public sealed record CodeOrder
{
    /// <summary>Folder with <c>HASH.dll</c> for every source hash of the recipe; absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>SHA-256 of each assembly, by the hash of its source: what is loaded must have it.</summary>
    public required IReadOnlyDictionary<string, string> Assemblies { get; init; }

    /// <summary>Floating-point operations of a step as they were checked and are charged; a run that needs more ends. Null sets no limit.</summary>
    public double? FlopsPerStep { get; init; }

    /// <summary>Learned numbers of the model as it was checked; null where nobody counted.</summary>
    public long? Parameters { get; init; }
}

namespace Anneal.Engine.Models;

/// <summary>What a graph is recorded for.</summary>
internal enum GraphPurpose
{
    /// <summary>Loss and gradients.</summary>
    Training,

    /// <summary>Loss of each token.</summary>
    Scoring,

    /// <summary>Hidden states only.</summary>
    Hidden,
}

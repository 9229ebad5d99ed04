namespace Anneal.Engine.Custom;

/// <summary>Parts of a trainer that a proposal brought; null where the recipe's own stands.</summary>
public sealed record CustomParts
{
    /// <summary>Writes the blocks of the model.</summary>
    public CustomBlock? Block { get; init; }

    /// <summary>Updates the parameters.</summary>
    public CustomOptimizer? Optimizer { get; init; }

    /// <summary>The learning rate over the run.</summary>
    public CustomSchedule? Schedule { get; init; }

    /// <summary>Decides the gradients.</summary>
    public CustomLoss? Loss { get; init; }
}

namespace Anneal.Engine.Autograd;

/// <summary>Part that a tensor plays in an op.</summary>
internal enum TensorRole
{
    /// <summary>Value read going forward, gradient written going backward.</summary>
    Input,

    /// <summary>Value read and gradient written going forward: the loss computes both together.</summary>
    LossInput,

    /// <summary>Value written going forward, gradient read going backward.</summary>
    Output,

    /// <summary>Value changed going forward, gradient changed going backward.</summary>
    InPlace,

    /// <summary>Written going forward and read going backward, without a gradient.</summary>
    Statistic,

    /// <summary>Memory of one pass of one op.</summary>
    Scratch,
}

namespace Anneal.Engine.Autograd;

/// <summary>How an op touches a tensor.</summary>
/// <param name="tensor">The tensor.</param>
/// <param name="role">Part that it plays.</param>
/// <param name="saved">Whether backward reads the value again.</param>
internal sealed class TensorUse(Tensor tensor, TensorRole role, bool saved)
{
    public Tensor Tensor { get; } = tensor;

    public TensorRole Role { get; } = role;

    public bool Saved { get; } = saved;

    /// <summary>Another op has written this input's gradient before, so this one adds to it. Set by the graph.</summary>
    public bool Accumulate { get; set; }
}

using Anneal.Engine.Kernels;

namespace Anneal.Engine.Autograd;

/// <summary>
/// One operation of the graph. Its constructor declares which tensors it touches and when; from that the arena is planned.
/// Forward and backward allocate nothing.
/// </summary>
internal abstract class Op(string name)
{
    private readonly List<TensorUse> uses = [];

    /// <summary>Where it stands in the model: <c>layers.0.qkv</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The threads, set when the op is added to a graph.</summary>
    public ThreadTeam Team { get; set; } = null!;

    /// <summary>Floating-point operations of one <see cref="Forward"/>, as executed.</summary>
    public virtual double ForwardFlops => 0;

    /// <summary>Floating-point operations of one <see cref="Backward"/>, as executed.</summary>
    public virtual double BackwardFlops => 0;

    public IReadOnlyList<TensorUse> Uses => uses;

    /// <summary>Computes the outputs' values.</summary>
    public abstract void Forward();

    /// <summary>From the outputs' gradients to the inputs' gradients; parameter gradients are added to.</summary>
    public abstract void Backward();

    /// <summary>The value is read going forward, its gradient is written going backward.</summary>
    /// <param name="tensor">The input.</param>
    /// <param name="saved">Backward reads the value again.</param>
    /// <returns>The use, which says whether the gradient is to be added to.</returns>
    protected TensorUse Input(Tensor tensor, bool saved = false) => Add(new(tensor, TensorRole.Input, saved));

    /// <summary>The value is read and its gradient written going forward.</summary>
    protected void LossInput(Tensor tensor) => Add(new(tensor, TensorRole.LossInput, false));

    /// <summary>The value is written going forward, its gradient is read going backward.</summary>
    protected void Output(Tensor tensor, bool saved = false) => Add(new(tensor, TensorRole.Output, saved));

    /// <summary>The value and later its gradient are changed where they stand.</summary>
    protected void InPlace(Tensor tensor, bool saved = false) => Add(new(tensor, TensorRole.InPlace, saved));

    /// <summary>Written going forward, read going backward, without a gradient: statistics of rows.</summary>
    protected void Statistic(Tensor tensor) => Add(new(tensor, TensorRole.Statistic, true));

    /// <summary>Memory for the duration of this op's forward, or of its backward, alone.</summary>
    protected void Scratch(Tensor tensor, bool backward) => Add(new(tensor, TensorRole.Scratch, backward));

    /// <summary>The input's gradient equals the output's, so they share memory and backward has nothing to do for it.</summary>
    protected void PassGradient(Tensor input, Tensor output)
    {
        Add(new(input, TensorRole.Input, false));
        input.GradSharedWith = output;
    }

    private TensorUse Add(TensorUse use)
    {
        uses.Add(use);
        return use;
    }
}

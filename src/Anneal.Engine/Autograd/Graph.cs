using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Autograd;

/// <summary>
/// A static tape: the ops of one model at one batch shape, recorded once and replayed every step. Memory is planned when
/// recording ends; replaying allocates nothing.
/// </summary>
/// <param name="training">Whether backward will run; without it activations are dropped as soon as they are read.</param>
internal sealed class Graph(bool training) : IDisposable
{
    private readonly List<Op> ops = [];
    private NativeBuffer? arena;

    public bool Training { get; } = training;

    public IReadOnlyList<Op> Ops => ops;

    /// <summary>Floating-point operations of forward, and of backward in training.</summary>
    public double Flops
    {
        get
        {
            double sum = 0;
            foreach (var op in ops) sum += op.ForwardFlops + (Training ? op.BackwardFlops : 0);
            return sum;
        }
    }

    /// <summary>Floats of the arena, after <see cref="Allocate"/>.</summary>
    public long ArenaLength => arena?.Length ?? 0;

    /// <summary>Appends an op; ops run forward in this order and backward in the opposite one.</summary>
    public T Add<T>(T op)
        where T : Op
    {
        ops.Add(op);
        return op;
    }

    /// <summary>Ends the recording: plans and allocates the arena, binds every tensor to it.</summary>
    public void Allocate(ThreadTeam team)
    {
        foreach (var op in ops) op.Team = team;
        OrderGradients();
        var plan = new ArenaPlan(ops, Training);
        arena = new NativeBuffer(plan.Length);
        plan.Bind(arena);
    }

    public void Forward()
    {
        foreach (var op in ops) op.Forward();
    }

    public void Backward()
    {
        for (var i = ops.Count - 1; i >= 0; i--) ops[i].Backward();
    }

    public void Dispose() => arena?.Dispose();

    /// <summary>Going backward, the first consumer of a tensor writes its gradient and all others add.</summary>
    private void OrderGradients()
    {
        var written = new HashSet<Tensor>();
        for (var i = ops.Count - 1; i >= 0; i--)
        {
            foreach (var use in ops[i].Uses)
            {
                if (use.Role is not (TensorRole.Input or TensorRole.LossInput)) continue;
                use.Accumulate = !written.Add(use.Tensor);
                if (use.Accumulate && use.Tensor.GradSharedWith is { } sum && ops[i].Uses.Any(other => other.Tensor == sum))
                    throw new InvalidOperationException($"{ops[i].Name}: the gradient of {use.Tensor.Name} is shared with {sum.Name}, so no later op may read it.");
            }
        }
    }
}

namespace Anneal.Engine.Autograd;

/// <summary>
/// A matrix [rows, columns] of the graph, with its gradient. The memory belongs to the arena (activations) or to the flat
/// parameter buffers; until the plan binds it, both pointers are null, so that a graph can be costed without memory.
/// </summary>
internal sealed unsafe class Tensor(string name, int rows, int columns)
{
    public string Name { get; } = name;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long Length => (long)Rows * Columns;

    public float* Value { get; set; }

    public float* Grad { get; set; }

    /// <summary>The tensor whose gradient this one's equals: a sum passes its gradient on unchanged, so both share the memory.</summary>
    public Tensor? GradSharedWith { get; set; }

    /// <summary>The span of values, for tests and reports.</summary>
    public Span<float> Values => new(Value, checked((int)Length));

    public Span<float> Grads => new(Grad, checked((int)Length));
}

using Anneal.Engine.Kernels;

namespace Anneal.Engine.Custom;

/// <summary>
/// Matrix products over spans, row-major, on the lab's kernels and threads; what they execute is counted. The letters say how the
/// operands are stored: N as in the formula, T transposed.
/// </summary>
public sealed unsafe class LinearAlgebra
{
    private readonly ThreadTeam team;
    private readonly FlopMeter meter;
    private float[][] scratch = [];

    internal LinearAlgebra(ThreadTeam team, FlopMeter meter) => (this.team, this.meter) = (team, meter);

    /// <summary>C = A B (or C += A B): a [m,k], b [k,n], c [m,n].</summary>
    /// <exception cref="ArgumentException">A span has another length, or c overlaps an operand.</exception>
    public void NN(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false)
    {
        Check(a, b, c, m, n, k);
        fixed (float* x = a, y = b, z = c) MatMul.NN(x, k, y, n, z, n, m, n, k, accumulate, team);
    }

    /// <summary>C = A B^T (or C +=): a [m,k], b [n,k], c [m,n].</summary>
    /// <exception cref="ArgumentException">A span has another length, or c overlaps an operand.</exception>
    public void NT(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false)
    {
        Check(a, b, c, m, n, k);
        fixed (float* x = a, y = b, z = c) MatMul.NT(x, k, y, k, z, n, m, n, k, accumulate, team);
    }

    /// <summary>C = A^T B (or C +=): a [k,m], b [k,n], c [m,n].</summary>
    /// <exception cref="ArgumentException">A span has another length, or c overlaps an operand.</exception>
    public void TN(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false)
    {
        Check(a, b, c, m, n, k);
        fixed (float* x = a, y = b, z = c) MatMul.TN(x, m, y, n, z, n, m, n, k, accumulate, team);
    }

    /// <summary>Zeros to work in; kept between calls, so that a steady step allocates nothing.</summary>
    /// <param name="slot">Which, 0 to 15; the same slot is the same memory.</param>
    /// <param name="length">Floats.</param>
    public Span<float> Scratch(int slot, int length)
    {
        if (slot is < 0 or > 15) throw new ArgumentOutOfRangeException(nameof(slot), slot, "expected 0 to 15");
        if (scratch.Length == 0) scratch = [.. Enumerable.Repeat(Array.Empty<float>(), 16)];
        if (scratch[slot].Length < length) scratch[slot] = new float[length];
        var span = scratch[slot].AsSpan(0, length);
        span.Clear();
        return span;
    }

    private void Check(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, int m, int n, int k)
    {
        Expect(a.Length, m, k, nameof(a));
        Expect(b.Length, k, n, nameof(b));
        Expect(c.Length, m, n, nameof(c));
        if (a.Overlaps(c) || b.Overlaps(c)) throw new ArgumentException("The product c overlaps an operand; write it to memory of its own.");
        meter.Add(2.0 * m * n * k);
    }

    private static void Expect(int length, int rows, int columns, string name)
    {
        if (rows < 0 || columns < 0 || length != (long)rows * columns)
            throw new ArgumentException($"`{name}` holds {length} floats; expected {rows} x {columns} = {(long)rows * columns}.");
    }
}

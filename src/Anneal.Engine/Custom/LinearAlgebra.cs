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
    private float[] wide = [], product = [], gram = [], polynomial = [];

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

    /// <summary>
    /// Nearly orthogonalises a matrix: X = U S V^T becomes U S' V^T with S' about 1 (0.7 to 1.2), by Newton-Schulz steps of the odd
    /// quintic that Muon uses (Jordan et al. 2024, kellerjordan.github.io/posts/muon).
    /// </summary>
    /// <param name="x">[rows, columns], overwritten with the result.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="steps">1 to 10.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Orthogonalize(Span<float> x, int rows, int columns, int steps = 5)
    {
        Expect(x.Length, rows, columns, nameof(x));
        if (steps is < 1 or > 10) throw new ArgumentOutOfRangeException(nameof(steps), steps, "expected 1 to 10");
        int m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        Span<float> w = Room(ref wide, x.Length), p = Room(ref product, x.Length), g = Room(ref gram, m * m), q = Room(ref polynomial, m * m);
        if (rows > columns) VectorMath.Transpose(x, w, rows, columns);
        else x.CopyTo(w);

        VectorMath.Scale(w, 1 / (MathF.Sqrt(VectorMath.Dot(w, w)) + 1e-7f));
        for (var step = 0; step < steps; step++)
        {
            NT(w, w, g, m, m, n);
            NN(g, g, q, m, m, m);
            VectorMath.Blend(q, 2.0315f, g, -4.7750f);
            NN(q, w, p, m, n, m);
            VectorMath.Blend(w, 3.4445f, p, 1);
        }

        if (rows > columns) VectorMath.Transpose(w, x, m, n);
        else w.CopyTo(x);
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

    private static Span<float> Room(ref float[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new float[length];
        return buffer.AsSpan(0, length);
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

using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>
/// Nearly orthogonalises a matrix: X = U S V^T becomes U S' V^T with S' about 1 (0.7 to 1.2), by five steps of the odd quintic
/// a X + b (X X^T) X + c (X X^T)^2 X, whose coefficients are tuned for slope at zero, not for convergence.
/// </summary>
internal sealed unsafe class NewtonSchulz : IDisposable
{
    private const int Steps = 5;
    private const float A = 3.4445f;
    private const float B = -4.7750f;
    private const float C = 2.0315f;

    private readonly ThreadTeam team;
    private readonly NativeBuffer input;
    private readonly NativeBuffer wide; // [short, long]
    private readonly NativeBuffer product; // [short, long]
    private readonly NativeBuffer gram; // [short, short]
    private readonly NativeBuffer polynomial; // [short, short]

    /// <param name="length">Elements of the largest matrix.</param>
    /// <param name="shortSide">Largest shorter side.</param>
    /// <param name="team">Threads.</param>
    public NewtonSchulz(int length, int shortSide, ThreadTeam team)
    {
        this.team = team;
        input = new(length);
        wide = new(length);
        product = new(length);
        gram = new((long)shortSide * shortSide);
        polynomial = new((long)shortSide * shortSide);
    }

    /// <summary>The matrix to orthogonalise; overwritten with the result.</summary>
    public float* Input => input.Pointer;

    /// <summary>Floating-point operations for a matrix.</summary>
    public static double Flops(int rows, int columns)
    {
        double m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        return Steps * (4 * m * m * n + 2 * m * m * m + 3 * m * m + 2 * m * n) + 3 * m * n;
    }

    /// <summary>Orthogonalises <see cref="Input"/> [rows, columns] where it stands.</summary>
    public float* Run(int rows, int columns)
    {
        long length = (long)rows * columns;
        bool tall = rows > columns;
        int m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        var x = wide.Pointer;
        if (tall) Transpose(input.Pointer, rows, columns, x);
        else input.Span[..(int)length].CopyTo(wide.Span);

        var norm = MathF.Sqrt(Loops.Sum(new Squares(x), length));
        Loops.For(new Scale(x, 1 / (norm + 1e-7f)), length);
        for (var step = 0; step < Steps; step++)
        {
            MatMul.NT(x, n, x, n, gram.Pointer, m, m, m, n, false, team);
            MatMul.NN(gram.Pointer, m, gram.Pointer, m, polynomial.Pointer, m, m, m, m, false, team);
            Loops.For(new Combine(polynomial.Pointer, C, gram.Pointer, B, polynomial.Pointer), (long)m * m);
            MatMul.NN(polynomial.Pointer, m, x, n, product.Pointer, n, m, n, m, false, team);
            Loops.For(new Combine(product.Pointer, 1, x, A, x), length);
        }

        if (tall) Transpose(x, columns, rows, input.Pointer);
        else wide.Span[..(int)length].CopyTo(input.Span);
        return input.Pointer;
    }

    public void Dispose()
    {
        input.Dispose();
        wide.Dispose();
        product.Dispose();
        gram.Dispose();
        polynomial.Dispose();
    }

    private static void Transpose(float* source, int rows, int columns, float* target)
    {
        const int Tile = 16;
        for (var i0 = 0; i0 < rows; i0 += Tile)
            for (var j0 = 0; j0 < columns; j0 += Tile)
                for (var i = i0; i < Math.Min(rows, i0 + Tile); i++)
                    for (var j = j0; j < Math.Min(columns, j0 + Tile); j++)
                        target[(long)j * rows + i] = source[(long)i * columns + j];
    }

    private readonly struct Squares(float* x) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(x + i);
    }

    private readonly struct Scale(float* x, float factor) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(x + i) * TV.Broadcast(factor)).Store(x + i);
    }

    /// <summary>z = a x + b y.</summary>
    private readonly struct Combine(float* x, float a, float* y, float b, float* z) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Fma(TV.Load(x + i), TV.Broadcast(a), TV.Load(y + i) * TV.Broadcast(b)).Store(z + i);
    }
}

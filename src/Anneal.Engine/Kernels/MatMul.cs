using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Matrix products of row-major float matrices: C[m,n] = A[m,k] B[k,n], C += with <c>accumulate</c>. The leading dimension (lda, ldb, ldc)
/// is the distance between rows, in floats. The letters of a name say how A and B are stored: N as in the formula, T transposed.
/// </summary>
/// <remarks>
/// Blocked as by Goto and van de Geijn (2008), but for A, which register tiles read where it lies: a block of B is packed for all threads.
/// Threads take tiles of C; the inner dimension is cut by its length alone, so the bits do not depend on the number of threads.
/// </remarks>
public static unsafe class MatMul
{
    // Steps of k in a block: long enough that reading and writing C costs little, short enough that twelve
    // rows of A stay in the first-level cache.
    private const int MaxSteps = 384;

    // Rows of A in a block: k x 192 floats are a quarter of a second-level cache of 1 MB.
    private const int MaxRows = 192;

    // Columns of B in a block: k x 3072 floats are 3 MB of the last-level cache.
    private const int MaxColumns = 3072;

    /// <summary>C = A B, with A stored [m,k] and B stored [k,n].</summary>
    public static void NN(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Multiply(new(a, lda, false), new(b, ldb, true), c, ldc, m, n, k, accumulate, team);

    /// <summary>C = A B^T, with A stored [m,k] and B stored [n,k].</summary>
    public static void NT(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Multiply(new(a, lda, false), new(b, ldb, false), c, ldc, m, n, k, accumulate, team);

    /// <summary>C = A^T B, with A stored [k,m] and B stored [k,n].</summary>
    public static void TN(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Multiply(new(a, lda, true), new(b, ldb, true), c, ldc, m, n, k, accumulate, team);

    private static void Multiply(Operand a, Operand b, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team)
    {
        if (m <= 0 || n <= 0) return;
        if (k <= 0)
        {
            for (int i = 0; i < m && !accumulate; i++) new Span<float>(c + (long)i * ldc, n).Clear();
            return;
        }

        if (Simd.Level == SimdLevel.Vector512) Multiply<V512>(a, b, c, ldc, m, n, k, accumulate, team);
        else if (Simd.Level == SimdLevel.Vector256) Multiply<V256>(a, b, c, ldc, m, n, k, accumulate, team);
        else if (Simd.Level == SimdLevel.Vector128) Multiply<V128>(a, b, c, ldc, m, n, k, accumulate, team);
        else Multiply<V1>(a, b, c, ldc, m, n, k, accumulate, team);
    }

    private static void Multiply<TV>(Operand a, Operand b, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team)
        where TV : unmanaged, ISimd<TV>
    {
        int tile = MatMulTile.Height<TV>(), steps = Even(k, MaxSteps, 4), columns = Even(n, MaxColumns, 2 * TV.Width);
        int rows = Even(m, Math.Min(MaxRows, Math.Max(tile, m / team.Threads)), tile);
        float* packed = team.SharedScratch((long)steps * columns);
        float** scratch = team.Scratch((long)rows * steps + MatMulTile.EdgeLength<TV>());
        for (int column = 0; column < n; column += columns)
        {
            for (int step = 0; step < k; step += steps)
            {
                var block = new Block<TV>
                {
                    A = a.From(0, step),
                    B = b.From(column, step),
                    C = c + column,
                    Ldc = ldc,
                    M = m,
                    N = Math.Min(columns, n - column),
                    K = Math.Min(steps, k - step),
                    Rows = rows,
                    Add = accumulate || step > 0,
                    Packed = packed,
                    Scratch = scratch,
                };
                var packing = new PackB<TV>(block);
                team.Run((block.N + PackB<TV>.Columns - 1) / PackB<TV>.Columns, ref packing);
                team.Run((m + rows - 1) / rows, ref block);
            }
        }
    }

    /// <summary>Cuts a length into equal blocks of at most <paramref name="max"/>; the block's size is a multiple of <paramref name="unit"/>.</summary>
    private static int Even(int length, int max, int unit)
    {
        int blocks = (length + max - 1) / max;
        return ((length + blocks - 1) / blocks + unit - 1) / unit * unit;
    }

    /// <summary>A matrix seen as lines (rows of A, columns of B) by steps of k.</summary>
    /// <param name="At">First entry.</param>
    /// <param name="Stride">Distance between the stored rows.</param>
    /// <param name="LinesAdjacent">Neighbouring lines are adjacent in memory (and steps a stride apart), else the reverse.</param>
    private readonly record struct Operand(nint At, long Stride, bool LinesAdjacent)
    {
        public Operand(float* at, long stride, bool linesAdjacent)
            : this((nint)at, stride, linesAdjacent)
        {
        }

        public float* Pointer => (float*)At;

        public Operand From(int line, int step) =>
            this with { At = (nint)(Pointer + (LinesAdjacent ? step * Stride + line : line * Stride + step)) };

        public void Pack<TV>(int lines, int k, int width, float* panels)
            where TV : unmanaged, ISimd<TV>
        {
            if (LinesAdjacent) MatMulPack.AlongRows<TV>(Pointer, Stride, lines, k, width, panels);
            else MatMulPack.AcrossRows(Pointer, Stride, lines, k, width, panels);
        }
    }

    private readonly struct PackB<TV>(Block<TV> block) : IParallelJob
        where TV : unmanaged, ISimd<TV>
    {
        /// <summary>Columns that one part packs.</summary>
        public static int Columns => 64;

        public void Part(int part, int worker)
        {
            int from = part * Columns, count = Math.Min(Columns, block.N - from);
            block.B.From(from, 0).Pack<TV>(count, block.K, 2 * TV.Width, block.Packed + (long)from * block.K);
        }
    }

    /// <summary>One block of the inner dimension for all rows; a part is a block of rows.</summary>
    private struct Block<TV> : IParallelJob
        where TV : unmanaged, ISimd<TV>
    {
        public Operand A, B;
        public float* C;
        public int Ldc, M, N, K, Rows;
        public bool Add;
        public float* Packed;
        public float** Scratch;

        [MethodImpl(AggressiveOptimization)]
        public readonly void Part(int part, int worker)
        {
            int tile = MatMulTile.Height<TV>(), panel = 2 * TV.Width, from = part * Rows, count = Math.Min(Rows, M - from);
            float* edge = Scratch[worker], packedA = edge + MatMulTile.EdgeLength<TV>();

            // A is read where it lies: packing it never paid on what was measured. Except rows at a distance of whole pages, which compete
            // for the same lines of a small first-level cache; enough columns repay packing those.
            bool inPlace = A.LinesAdjacent || A.Stride % 1024 != 0 || N <= 256;
            int packedFrom = inPlace ? count / tile * tile : 0;
            Operand a = A.From(from, 0);
            if (packedFrom < count) a.From(packedFrom, 0).Pack<TV>(count - packedFrom, K, tile, packedA);
            for (int j = 0; j < N; j += panel)
            {
                float* b = Packed + (long)j * K;
                int width = Math.Min(panel, N - j);
                for (int i = 0; i < count; i += tile)
                {
                    float* c = C + (long)(from + i) * Ldc + j;
                    if (i >= packedFrom)
                        MatMulTile.Multiply<TV, MatMulTile.Adjacent>(K, packedA + (long)(i - packedFrom) * K, 1, tile, b, c, Ldc, Math.Min(tile, count - i), width, Add, edge);
                    else if (A.LinesAdjacent)
                        MatMulTile.Multiply<TV, MatMulTile.Adjacent>(K, a.Pointer + i, 1, (nint)a.Stride, b, c, Ldc, tile, width, Add, edge);
                    else
                        MatMulTile.Multiply<TV, MatMulTile.Apart>(K, a.Pointer + i * a.Stride, (nint)a.Stride, 1, b, c, Ldc, tile, width, Add, edge);
                }
            }
        }
    }
}

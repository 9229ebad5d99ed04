using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Register tiles: a few rows of A times one or two vectors of columns of B, all sums held in registers, written (or added) to C at the end.
/// A is read in place or packed, as <see cref="IRows"/> says; b is a packed panel, one row of the tile's columns for each of the k steps.
/// The sums are spelled out because the JIT keeps locals in registers, not arrays. Every entry of C is one chain of k multiply-adds
/// in ascending order, whichever tile computes it.
/// </summary>
internal static unsafe class MatMulTile
{
    /// <summary>Where the rows of A lie: a constant for the JIT.</summary>
    internal interface IRows
    {
        /// <summary>Entry of row <c>group + row</c> at the current step; <paramref name="at"/> points to row <c>group</c>, <paramref name="first"/> to row 0.</summary>
        static abstract float At(float* first, float* at, nint rowStep, int group, int row);
    }

    /// <summary>Rows adjacent in memory: a packed panel, or the transpose in place.</summary>
    internal readonly struct Adjacent : IRows
    {
        [MethodImpl(AggressiveInlining)]
        public static float At(float* first, float* at, nint rowStep, int group, int row) => first[group + row];
    }

    /// <summary>Rows at a distance: row-major A in place. Three rows share a pointer, as the addressing modes of x86 allow.</summary>
    internal readonly struct Apart : IRows
    {
        [MethodImpl(AggressiveInlining)]
        public static float At(float* first, float* at, nint rowStep, int group, int row) => row == 0 ? at[0] : row == 1 ? at[rowStep] : at[2 * rowStep];
    }

    /// <summary>Rows of a tile: as many as the registers hold.</summary>
    public static int Height<TV>()
        where TV : unmanaged, ISimd<TV> => TV.Width == 16 ? 12 : 6;

    /// <summary>Floats that <see cref="Multiply"/> needs for tiles that hang over the edge of C.</summary>
    public static int EdgeLength<TV>()
        where TV : unmanaged, ISimd<TV> => Height<TV>() * 2 * TV.Width;

    /// <summary>C[rows, width] = A B or C += A B for one tile. A has <see cref="Height"/> readable rows even when fewer are wanted.</summary>
    /// <param name="k">Steps.</param>
    /// <param name="a">First row of A.</param>
    /// <param name="rowStep">Distance between rows of A; not read when they are adjacent.</param>
    /// <param name="step">Distance between steps of A.</param>
    /// <param name="b">Packed panel of B, [k, 2 vectors].</param>
    /// <param name="c">First entry of the tile in C.</param>
    /// <param name="ldc">Distance between rows of C.</param>
    /// <param name="rows">Rows wanted, 1 to <see cref="Height"/>.</param>
    /// <param name="width">Columns wanted, 1 to two vectors.</param>
    /// <param name="add">Add to C.</param>
    /// <param name="edge">Scratch of <see cref="EdgeLength"/> floats.</param>
    [MethodImpl(AggressiveInlining)]
    public static void Multiply<TV, TRows>(
        int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, int rows, int width, bool add, float* edge)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        if (rows == Height<TV>() && width == 2 * TV.Width) Whole<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
        else if (rows == Height<TV>() && width == TV.Width) Half<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
        else Part<TV, TRows>(k, a, rowStep, step, b, c, ldc, rows, width, add, edge);
    }

    [MethodImpl(AggressiveInlining)]
    private static void Whole<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        if (TV.Width == 16) Rows12x2<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
        else Rows6x2<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
    }

    [MethodImpl(AggressiveInlining)]
    private static void Half<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        if (TV.Width == 16) Rows12x1<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
        else Rows6x1<TV, TRows>(k, a, rowStep, step, b, c, ldc, add);
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Part<TV, TRows>(
        int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, int rows, int width, bool add, float* edge)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        int panel = 2 * TV.Width;
        if (width > TV.Width) Whole<TV, TRows>(k, a, rowStep, step, b, edge, panel, false);
        else Half<TV, TRows>(k, a, rowStep, step, b, edge, panel, false);
        for (int row = 0; row < rows; row++, c += ldc, edge += panel)
        {
            int i = 0;
            for (; i <= width - TV.Width; i += TV.Width) Put(TV.Load(edge + i), c + i, add);
            for (; i < width; i++) c[i] = add ? c[i] + edge[i] : edge[i];
        }
    }

    /// <summary>12 rows by 2 vectors: 24 sums in the 32 registers of AVX-512.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static void Rows12x2<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        TV c0a = TV.Zero, c0b = TV.Zero, c1a = TV.Zero, c1b = TV.Zero, c2a = TV.Zero, c2b = TV.Zero;
        TV c3a = TV.Zero, c3b = TV.Zero, c4a = TV.Zero, c4b = TV.Zero, c5a = TV.Zero, c5b = TV.Zero;
        TV c6a = TV.Zero, c6b = TV.Zero, c7a = TV.Zero, c7b = TV.Zero, c8a = TV.Zero, c8b = TV.Zero;
        TV c9a = TV.Zero, c9b = TV.Zero, c10a = TV.Zero, c10b = TV.Zero, c11a = TV.Zero, c11b = TV.Zero;
        float* a0 = a, a3 = a + 3 * rowStep, a6 = a + 6 * rowStep, a9 = a + 9 * rowStep;
        Prefetch<TV>(c, ldc, 12);
        for (int p = 0; p < k; p++)
        {
            TV x, u = TV.Load(b), v = TV.Load(b + TV.Width);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 0));
            c0a = TV.Fma(x, u, c0a);
            c0b = TV.Fma(x, v, c0b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 1));
            c1a = TV.Fma(x, u, c1a);
            c1b = TV.Fma(x, v, c1b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 2));
            c2a = TV.Fma(x, u, c2a);
            c2b = TV.Fma(x, v, c2b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 0));
            c3a = TV.Fma(x, u, c3a);
            c3b = TV.Fma(x, v, c3b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 1));
            c4a = TV.Fma(x, u, c4a);
            c4b = TV.Fma(x, v, c4b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 2));
            c5a = TV.Fma(x, u, c5a);
            c5b = TV.Fma(x, v, c5b);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 0));
            c6a = TV.Fma(x, u, c6a);
            c6b = TV.Fma(x, v, c6b);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 1));
            c7a = TV.Fma(x, u, c7a);
            c7b = TV.Fma(x, v, c7b);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 2));
            c8a = TV.Fma(x, u, c8a);
            c8b = TV.Fma(x, v, c8b);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 0));
            c9a = TV.Fma(x, u, c9a);
            c9b = TV.Fma(x, v, c9b);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 1));
            c10a = TV.Fma(x, u, c10a);
            c10b = TV.Fma(x, v, c10b);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 2));
            c11a = TV.Fma(x, u, c11a);
            c11b = TV.Fma(x, v, c11b);
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
            b += 2 * TV.Width;
        }

        Put(c0a, c0b, c, add);
        Put(c1a, c1b, c + ldc, add);
        Put(c2a, c2b, c + 2 * ldc, add);
        Put(c3a, c3b, c + 3 * ldc, add);
        Put(c4a, c4b, c + 4 * ldc, add);
        Put(c5a, c5b, c + 5 * ldc, add);
        Put(c6a, c6b, c + 6 * ldc, add);
        Put(c7a, c7b, c + 7 * ldc, add);
        Put(c8a, c8b, c + 8 * ldc, add);
        Put(c9a, c9b, c + 9 * ldc, add);
        Put(c10a, c10b, c + 10 * ldc, add);
        Put(c11a, c11b, c + 11 * ldc, add);
    }

    /// <summary>12 rows by 1 vector, for the last columns; the panel is still two vectors wide.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static void Rows12x1<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        TV c0 = TV.Zero, c1 = TV.Zero, c2 = TV.Zero;
        TV c3 = TV.Zero, c4 = TV.Zero, c5 = TV.Zero;
        TV c6 = TV.Zero, c7 = TV.Zero, c8 = TV.Zero;
        TV c9 = TV.Zero, c10 = TV.Zero, c11 = TV.Zero;
        float* a0 = a, a3 = a + 3 * rowStep, a6 = a + 6 * rowStep, a9 = a + 9 * rowStep;
        for (int p = 0; p < k; p++)
        {
            TV x, u = TV.Load(b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 0));
            c0 = TV.Fma(x, u, c0);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 1));
            c1 = TV.Fma(x, u, c1);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 2));
            c2 = TV.Fma(x, u, c2);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 0));
            c3 = TV.Fma(x, u, c3);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 1));
            c4 = TV.Fma(x, u, c4);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 2));
            c5 = TV.Fma(x, u, c5);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 0));
            c6 = TV.Fma(x, u, c6);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 1));
            c7 = TV.Fma(x, u, c7);
            x = TV.Broadcast(TRows.At(a0, a6, rowStep, 6, 2));
            c8 = TV.Fma(x, u, c8);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 0));
            c9 = TV.Fma(x, u, c9);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 1));
            c10 = TV.Fma(x, u, c10);
            x = TV.Broadcast(TRows.At(a0, a9, rowStep, 9, 2));
            c11 = TV.Fma(x, u, c11);
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
            b += 2 * TV.Width;
        }

        Put(c0, c, add);
        Put(c1, c + ldc, add);
        Put(c2, c + 2 * ldc, add);
        Put(c3, c + 3 * ldc, add);
        Put(c4, c + 4 * ldc, add);
        Put(c5, c + 5 * ldc, add);
        Put(c6, c + 6 * ldc, add);
        Put(c7, c + 7 * ldc, add);
        Put(c8, c + 8 * ldc, add);
        Put(c9, c + 9 * ldc, add);
        Put(c10, c + 10 * ldc, add);
        Put(c11, c + 11 * ldc, add);
    }

    /// <summary>6 rows by 2 vectors: 12 sums in the 16 registers of AVX2 and SSE.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static void Rows6x2<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        TV c0a = TV.Zero, c0b = TV.Zero, c1a = TV.Zero, c1b = TV.Zero, c2a = TV.Zero, c2b = TV.Zero;
        TV c3a = TV.Zero, c3b = TV.Zero, c4a = TV.Zero, c4b = TV.Zero, c5a = TV.Zero, c5b = TV.Zero;
        float* a0 = a, a3 = a + 3 * rowStep;
        Prefetch<TV>(c, ldc, 6);
        for (int p = 0; p < k; p++)
        {
            TV x, u = TV.Load(b), v = TV.Load(b + TV.Width);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 0));
            c0a = TV.Fma(x, u, c0a);
            c0b = TV.Fma(x, v, c0b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 1));
            c1a = TV.Fma(x, u, c1a);
            c1b = TV.Fma(x, v, c1b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 2));
            c2a = TV.Fma(x, u, c2a);
            c2b = TV.Fma(x, v, c2b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 0));
            c3a = TV.Fma(x, u, c3a);
            c3b = TV.Fma(x, v, c3b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 1));
            c4a = TV.Fma(x, u, c4a);
            c4b = TV.Fma(x, v, c4b);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 2));
            c5a = TV.Fma(x, u, c5a);
            c5b = TV.Fma(x, v, c5b);
            a0 += step;
            a3 += step;
            b += 2 * TV.Width;
        }

        Put(c0a, c0b, c, add);
        Put(c1a, c1b, c + ldc, add);
        Put(c2a, c2b, c + 2 * ldc, add);
        Put(c3a, c3b, c + 3 * ldc, add);
        Put(c4a, c4b, c + 4 * ldc, add);
        Put(c5a, c5b, c + 5 * ldc, add);
    }

    /// <summary>6 rows by 1 vector, for the last columns; the panel is still two vectors wide.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static void Rows6x1<TV, TRows>(int k, float* a, nint rowStep, nint step, float* b, float* c, nint ldc, bool add)
        where TV : unmanaged, ISimd<TV>
        where TRows : struct, IRows
    {
        TV c0 = TV.Zero, c1 = TV.Zero, c2 = TV.Zero;
        TV c3 = TV.Zero, c4 = TV.Zero, c5 = TV.Zero;
        float* a0 = a, a3 = a + 3 * rowStep;
        for (int p = 0; p < k; p++)
        {
            TV x, u = TV.Load(b);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 0));
            c0 = TV.Fma(x, u, c0);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 1));
            c1 = TV.Fma(x, u, c1);
            x = TV.Broadcast(TRows.At(a0, a0, rowStep, 0, 2));
            c2 = TV.Fma(x, u, c2);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 0));
            c3 = TV.Fma(x, u, c3);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 1));
            c4 = TV.Fma(x, u, c4);
            x = TV.Broadcast(TRows.At(a0, a3, rowStep, 3, 2));
            c5 = TV.Fma(x, u, c5);
            a0 += step;
            a3 += step;
            b += 2 * TV.Width;
        }

        Put(c0, c, add);
        Put(c1, c + ldc, add);
        Put(c2, c + 2 * ldc, add);
        Put(c3, c + 3 * ldc, add);
        Put(c4, c + 4 * ldc, add);
        Put(c5, c + 5 * ldc, add);
    }

    // The tile of C is fetched while the sums are made: it comes from far away and is needed all at once.
    [MethodImpl(AggressiveInlining)]
    private static void Prefetch<TV>(float* c, nint ldc, int rows)
        where TV : unmanaged, ISimd<TV>
    {
        if (!Sse.IsSupported) return;
        for (int row = 0; row < rows; row++, c += ldc)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + TV.Width);
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static void Put<TV>(TV left, TV right, float* c, bool add)
        where TV : unmanaged, ISimd<TV>
    {
        Put(left, c, add);
        Put(right, c + TV.Width, add);
    }

    [MethodImpl(AggressiveInlining)]
    private static void Put<TV>(TV sum, float* c, bool add)
        where TV : unmanaged, ISimd<TV>
    {
        if (add) sum += TV.Load(c);
        sum.Store(c);
    }
}

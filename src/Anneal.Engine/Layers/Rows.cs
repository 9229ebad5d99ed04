using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>A kernel over the rows of a matrix, written once for every vector width.</summary>
internal interface IRowKernel
{
    /// <summary>Does rows <paramref name="from"/> to <paramref name="to"/> - 1. Mark it <c>AggressiveOptimization</c>.</summary>
    void Rows<TV>(int chunk, int from, int to)
        where TV : unmanaged, ISimd<TV>;
}

/// <summary>Splits rows into chunks by their number alone, so that sums over chunks do not depend on the threads.</summary>
internal static class Rows
{
    /// <summary>Most chunks that a matrix is split into: rows of a buffer for partial sums.</summary>
    public const int MaxChunks = 16;

    private const int MinChunk = 16;

    public static int ChunkRows(int rows) => Math.Max(MinChunk, (rows + MaxChunks - 1) / MaxChunks);

    public static int Chunks(int rows) => (rows + ChunkRows(rows) - 1) / ChunkRows(rows);

    public static void For<TKernel>(TKernel kernel, int rows, ThreadTeam team)
        where TKernel : unmanaged, IRowKernel
    {
        var job = new Job<TKernel>(kernel, rows);
        team.Run(Chunks(rows), ref job);
    }

    private readonly struct Job<TKernel>(TKernel kernel, int rows) : IParallelJob
        where TKernel : unmanaged, IRowKernel
    {
        public void Part(int part, int worker)
        {
            var from = part * ChunkRows(rows);
            var to = Math.Min(rows, from + ChunkRows(rows));
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: kernel.Rows<V512>(part, from, to); break;
                case SimdLevel.Vector256: kernel.Rows<V256>(part, from, to); break;
                case SimdLevel.Vector128: kernel.Rows<V128>(part, from, to); break;
                default: kernel.Rows<V1>(part, from, to); break;
            }
        }
    }
}

/// <summary>Sums over rows.</summary>
internal static unsafe class ColumnSum
{
    /// <summary>sum[j] += over the rows of matrix[rows, columns].</summary>
    public static void Add(float* matrix, int rows, int columns, float* sum, ThreadTeam team)
    {
        var job = new Job(matrix, rows, columns, sum);
        team.Run((columns + Job.Block - 1) / Job.Block, ref job);
    }

    // A part owns a block of columns: rows are added in order, whatever the threads.
    private readonly struct Job(float* matrix, int rows, int columns, float* sum) : IParallelJob, IRowKernel
    {
        public const int Block = 64;

        public void Part(int part, int worker)
        {
            var from = part * Block;
            var to = Math.Min(columns, from + Block);
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: Rows<V512>(part, from, to); break;
                case SimdLevel.Vector256: Rows<V256>(part, from, to); break;
                case SimdLevel.Vector128: Rows<V128>(part, from, to); break;
                default: Rows<V1>(part, from, to); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            var j = from;
            for (; j <= to - 4 * TV.Width; j += 4 * TV.Width)
            {
                TV a = TV.Zero, b = TV.Zero, c = TV.Zero, d = TV.Zero;
                var x = matrix + j;
                for (var i = 0; i < rows; i++, x += columns)
                {
                    a += TV.Load(x);
                    b += TV.Load(x + TV.Width);
                    c += TV.Load(x + 2 * TV.Width);
                    d += TV.Load(x + 3 * TV.Width);
                }

                (TV.Load(sum + j) + a).Store(sum + j);
                (TV.Load(sum + j + TV.Width) + b).Store(sum + j + TV.Width);
                (TV.Load(sum + j + 2 * TV.Width) + c).Store(sum + j + 2 * TV.Width);
                (TV.Load(sum + j + 3 * TV.Width) + d).Store(sum + j + 3 * TV.Width);
            }

            for (; j <= to - TV.Width; j += TV.Width) Column<TV>(j);
            for (; j < to; j++) Column<V1>(j);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Column<TV>(int j)
            where TV : unmanaged, ISimd<TV>
        {
            var total = TV.Zero;
            for (var i = 0; i < rows; i++) total += TV.Load(matrix + (long)i * columns + j);
            (TV.Load(sum + j) + total).Store(sum + j);
        }
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

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
    private readonly struct Job(float* matrix, int rows, int columns, float* sum) : IParallelJob
    {
        public const int Block = 64;

        public void Part(int part, int worker)
        {
            var from = part * Block;
            var to = Math.Min(columns, from + Block);
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: Columns<V512>(from, to); break;
                case SimdLevel.Vector256: Columns<V256>(from, to); break;
                case SimdLevel.Vector128: Columns<V128>(from, to); break;
                default: Columns<V1>(from, to); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Columns<TV>(int from, int to)
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

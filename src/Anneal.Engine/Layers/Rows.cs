using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

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

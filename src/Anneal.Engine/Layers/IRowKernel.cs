using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>A kernel over the rows of a matrix, written once for every vector width.</summary>
internal interface IRowKernel
{
    /// <summary>Does rows <paramref name="from"/> to <paramref name="to"/> - 1. Mark it <c>AggressiveOptimization</c>.</summary>
    void Rows<TV>(int chunk, int from, int to)
        where TV : unmanaged, ISimd<TV>;
}

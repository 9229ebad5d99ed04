using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>Adds the chunks' partial sums, always in the same order.</summary>
internal static unsafe class PartialSum
{
    /// <summary>sum[j] += partials[c * stride + j] over the chunks c.</summary>
    public static void Add(float* partials, int chunks, int stride, float* sum, int length)
    {
        for (var c = 0; c < chunks; c++) Loops.For(new Accumulate(partials + (long)c * stride, sum), length);
    }

    private readonly struct Accumulate(float* x, float* sum) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(sum + i) + TV.Load(x + i)).Store(sum + i);
    }
}

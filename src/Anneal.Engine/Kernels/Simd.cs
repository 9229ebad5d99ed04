using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>Vector width that this process uses.</summary>
public enum SimdLevel
{
    /// <summary>One float at a time.</summary>
    Scalar = 1,

    /// <summary>Four floats (SSE, Neon).</summary>
    Vector128 = 4,

    /// <summary>Eight floats (AVX2 with FMA).</summary>
    Vector256 = 8,

    /// <summary>Sixteen floats (AVX-512).</summary>
    Vector512 = 16,
}

/// <summary>A kernel over any vector width.</summary>
public interface ISimdKernel
{
    /// <summary>Does the work with packs of type <typeparamref name="TV"/>. Mark it <c>AggressiveOptimization</c>: it is called few times and must be fast at once.</summary>
    void Run<TV>()
        where TV : unmanaged, ISimd<TV>;
}

/// <summary>Chooses the vector width by hardware; the choice is constant within a process.</summary>
public static class Simd
{
    /// <summary>The widest level that this processor (and <c>DOTNET_Enable...</c>) allows.</summary>
    public static SimdLevel Level
    {
        [MethodImpl(AggressiveInlining)]
        get =>
            Vector512.IsHardwareAccelerated ? SimdLevel.Vector512
            : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdLevel.Vector256
            : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
            : SimdLevel.Scalar;
    }

    /// <summary>Runs a kernel at <see cref="Level"/>.</summary>
    /// <param name="kernel">Arguments and results; passed by reference so that results can be read back.</param>
    public static void Run<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel
    {
        if (Level == SimdLevel.Vector512) kernel.Run<V512>();
        else if (Level == SimdLevel.Vector256) kernel.Run<V256>();
        else if (Level == SimdLevel.Vector128) kernel.Run<V128>();
        else kernel.Run<V1>();
    }
}

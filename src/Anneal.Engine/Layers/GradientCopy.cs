using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>Passes a gradient on through memory of its own.</summary>
internal static unsafe class GradientCopy
{
    /// <summary>Writes dy to the input's gradient, or adds it.</summary>
    public static void Pass(float* dy, TensorUse input, ThreadTeam team)
    {
        if (input.Accumulate) Loops.For(new Accumulate(dy, input.Tensor.Grad), input.Tensor.Length, team);
        else Buffer.MemoryCopy(dy, input.Tensor.Grad, input.Tensor.Length * sizeof(float), input.Tensor.Length * sizeof(float));
    }

    private readonly struct Accumulate(float* dy, float* dx) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(dx + i) + TV.Load(dy + i)).Store(dx + i);
    }
}

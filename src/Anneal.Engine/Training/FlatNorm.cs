using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Training;

/// <summary>The L2 norm of a flat buffer, summed in pieces of fixed length and in their order.</summary>
internal sealed unsafe class FlatNorm
{
    private const int PieceLength = 16 * 1024;
    private readonly float[] pieces;

    public FlatNorm(long length) => pieces = GC.AllocateArray<float>((int)((length + PieceLength - 1) / PieceLength), pinned: true);

    /// <summary>Floating-point operations.</summary>
    public static double Flops(long length) => 2.0 * length;

    public double Of(NativeBuffer buffer, ThreadTeam team)
    {
        fixed (float* first = pieces)
        {
            var job = new Job(buffer.Pointer, buffer.Length, first);
            team.Run(pieces.Length, ref job);
        }

        double sum = 0;
        foreach (var piece in pieces) sum += piece;
        return Math.Sqrt(sum);
    }

    private readonly struct Job(float* values, long length, float* pieces) : IParallelJob
    {
        public void Part(int part, int worker)
        {
            var start = (long)part * PieceLength;
            pieces[part] = Loops.Sum(new Squares(values + start), Math.Min(PieceLength, length - start));
        }
    }

    private readonly struct Squares(float* x) : ILoopTerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TV At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => TV.Load(x + i) * TV.Load(x + i);
    }
}

using System.Runtime.CompilerServices;
using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;

namespace Anneal.Engine.Layers;

/// <summary>y[n] = tokens[id[n]] (+ positions[n mod T]).</summary>
internal sealed unsafe class Embedding : Op
{
    private readonly Tensor tokens; // [V, C]
    private readonly Tensor? positions; // [T or more, C]
    private readonly int[] ids; // [N], N = sequences * T
    private readonly int context;

    public Embedding(string name, int[] ids, int context, Tensor tokens, Tensor? positions)
        : base(name)
    {
        this.ids = ids;
        this.context = context;
        this.tokens = tokens;
        this.positions = positions;
        Y = new(name, ids.Length, tokens.Columns);
        Output(Y);
    }

    /// <summary>[N, C]</summary>
    public Tensor Y { get; }

    public override double ForwardFlops => positions is null ? 0 : Y.Length;

    public override double BackwardFlops => positions is null ? Y.Length : 2.0 * Y.Length;

    public override void Forward()
    {
        fixed (int* id = ids) Rows.For(new Gather(id, context, tokens.Value, positions == null ? null : positions.Value, Y.Value, Y.Columns), Y.Rows, Team);
    }

    public override void Backward()
    {
        fixed (int* id = ids)
        {
            var job = new Scatter(id, Y.Rows, context, Y.Grad, tokens.Grad, positions == null ? null : positions.Grad, Y.Columns);
            Team.Run((Y.Columns + Scatter.Block - 1) / Scatter.Block, ref job);
        }
    }

    private readonly struct Gather(int* ids, int context, float* tokens, float* positions, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows<TV>(int chunk, int from, int to)
            where TV : unmanaged, ISimd<TV>
        {
            for (var n = from; n < to; n++)
            {
                var token = tokens + (long)ids[n] * columns;
                var position = positions == null ? null : positions + (long)(n % context) * columns;
                var yn = y + (long)n * columns;
                var j = 0;
                for (; j <= columns - TV.Width; j += TV.Width) At<TV>(token, position, yn, j);
                for (; j < columns; j++) At<V1>(token, position, yn, j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void At<TV>(float* token, float* position, float* y, int j)
            where TV : unmanaged, ISimd<TV>
        {
            var sum = TV.Load(token + j);
            if (position != null) sum += TV.Load(position + j);
            sum.Store(y + j);
        }
    }

    // Tokens repeat, so a part owns a block of columns and adds the rows in order.
    private readonly struct Scatter(int* ids, int rows, int context, float* dy, float* tokens, float* positions, int columns) : IParallelJob
    {
        public const int Block = 128;

        public void Part(int part, int worker)
        {
            var from = part * Block;
            var length = Math.Min(columns - from, Block);
            for (var n = 0; n < rows; n++)
            {
                var d = dy + (long)n * columns + from;
                Loops.For(new AddTo(d, tokens + (long)ids[n] * columns + from), length);
                if (positions != null) Loops.For(new AddTo(d, positions + (long)(n % context) * columns + from), length);
            }
        }
    }

    private readonly struct AddTo(float* x, float* sum) : ILoopBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TV>(long i)
            where TV : unmanaged, ISimd<TV> => (TV.Load(sum + i) + TV.Load(x + i)).Store(sum + i);
    }
}

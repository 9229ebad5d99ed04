using System.Runtime.CompilerServices;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov, Hutter 2017, arXiv 1711.05101): m and v are moving means of the gradient and
/// its square; p -= lr wd p, then p -= lr m' / (sqrt(v') + eps), both moments corrected for their start at zero.
/// </summary>
internal sealed unsafe class AdamW : Optimizer
{
    private const int ChunkLength = 16 * 1024;
    private const double FlopsPerParameter = 18;

    private readonly OptimizerConfig config;
    private readonly double lr;
    private readonly Transformer model;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly ThreadTeam team;
    private readonly NativeBuffer mean;
    private readonly NativeBuffer square;
    private readonly Chunk[] chunks; // pinned

    public AdamW(OptimizerConfig config, double lr, Transformer model, IReadOnlyList<Parameter> parameters, ThreadTeam team)
    {
        this.config = config;
        this.lr = lr;
        this.model = model;
        this.parameters = parameters;
        this.team = team;
        mean = new(model.Layout.Length);
        square = new(model.Layout.Length);
        var split = Split(config, parameters);
        chunks = GC.AllocateArray<Chunk>(split.Count, pinned: true);
        split.CopyTo(chunks);
    }

    public override double Flops => CountFlops(parameters);

    public override IEnumerable<OptimizerState> State =>
        parameters.SelectMany(parameter => new OptimizerState[]
        {
            new("exp_avg." + parameter.Name, parameter, mean),
            new("exp_avg_sq." + parameter.Name, parameter, square),
        });

    public static double CountFlops(IReadOnlyList<Parameter> parameters) => FlopsPerParameter * parameters.Sum(parameter => (double)parameter.Length);

    public override void Update(double rate, float gradScale)
    {
        Updates++;
        var (first, second) = (config.Betas.First, config.Betas.Second);
        var step = new Step
        {
            Value = model.Values.Pointer,
            Grad = model.Grads.Pointer,
            Mean = mean.Pointer,
            Square = square.Pointer,
            GradScale = gradScale,
            Lr = rate * lr,
            WeightDecay = config.WeightDecay,
            First = (float)first,
            Second = (float)second,
            Eps = (float)config.Eps,
            MeanCorrection = 1 / (1 - Math.Pow(first, Updates)),
            SquareCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(second, Updates))),
        };
        fixed (Chunk* start = chunks)
        {
            step.Chunks = start;
            team.Run(chunks.Length, ref step);
        }

        UpdateSquares = 0;
        ParameterSquares = 0;
        foreach (ref var chunk in chunks.AsSpan())
        {
            UpdateSquares += chunk.UpdateSquares;
            ParameterSquares += chunk.ParameterSquares;
        }
    }

    public override void Dispose()
    {
        mean.Dispose();
        square.Dispose();
    }

    /// <summary>Pieces of fixed length, each with one learning rate and one decay; neighbouring parameters of a kind are joined.</summary>
    private static List<Chunk> Split(OptimizerConfig config, IReadOnlyList<Parameter> parameters)
    {
        var runs = new List<Chunk>();
        foreach (var parameter in parameters)
        {
            var scale = Scale(config.Groups, parameter.Group);
            if (runs.Count > 0 && runs[^1] is var last && last.Scale == scale && last.Decays == parameter.Decays && last.Offset + last.Length == parameter.Offset)
                runs[^1] = last with { Length = last.Length + parameter.Length };
            else
                runs.Add(new() { Offset = parameter.Offset, Length = parameter.Length, Scale = scale, Decays = parameter.Decays });
        }

        var pieces = new List<Chunk>();
        foreach (var run in runs)
            for (long done = 0; done < run.Length; done += ChunkLength)
                pieces.Add(run with { Offset = run.Offset + done, Length = Math.Min(ChunkLength, run.Length - done) });
        return pieces;
    }

    private record struct Chunk
    {
        public long Offset { get; init; }

        public long Length { get; init; }

        /// <summary>Learning-rate multiplier of the group.</summary>
        public double Scale { get; init; }

        public bool Decays { get; init; }

        public float UpdateSquares { get; set; }

        public float ParameterSquares { get; set; }
    }

    private struct Step : IParallelJob
    {
        public Chunk* Chunks;
        public float* Value;
        public float* Grad;
        public float* Mean;
        public float* Square;
        public float GradScale;
        public double Lr;
        public double WeightDecay;
        public float First;
        public float Second;
        public float Eps;
        public double MeanCorrection;
        public float SquareCorrection;

        public readonly void Part(int part, int worker)
        {
            var chunk = Chunks + part;
            switch (Simd.Level)
            {
                case SimdLevel.Vector512: Run<V512>(chunk); break;
                case SimdLevel.Vector256: Run<V256>(chunk); break;
                case SimdLevel.Vector128: Run<V128>(chunk); break;
                default: Run<V1>(chunk); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Run<TV>(Chunk* chunk)
            where TV : unmanaged, ISimd<TV>
        {
            var keep = (float)(chunk->Decays ? 1 - Lr * chunk->Scale * WeightDecay : 1);
            var rate = (float)(-Lr * chunk->Scale * MeanCorrection);
            var end = chunk->Offset + chunk->Length;
            TV change = TV.Zero, size = TV.Zero;
            var i = chunk->Offset;
            for (; i <= end - TV.Width; i += TV.Width) At(i, TV.Broadcast(keep), TV.Broadcast(rate), ref change, ref size);
            V1 changeRest = V1.Zero, sizeRest = V1.Zero;
            for (; i < end; i++) At(i, V1.Broadcast(keep), V1.Broadcast(rate), ref changeRest, ref sizeRest);
            chunk->UpdateSquares = TV.Sum(change) + V1.Sum(changeRest);
            chunk->ParameterSquares = TV.Sum(size) + V1.Sum(sizeRest);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void At<TV>(long i, TV keep, TV rate, ref TV change, ref TV size)
            where TV : unmanaged, ISimd<TV>
        {
            var g = TV.Load(Grad + i) * TV.Broadcast(GradScale);
            var m = TV.Fma(TV.Load(Mean + i), TV.Broadcast(First), g * TV.Broadcast(1 - First));
            var v = TV.Fma(TV.Load(Square + i), TV.Broadcast(Second), g * g * TV.Broadcast(1 - Second));
            m.Store(Mean + i);
            v.Store(Square + i);
            var old = TV.Load(Value + i);
            var next = TV.Fma(old, keep, rate * m / TV.Fma(TV.Sqrt(v), TV.Broadcast(SquareCorrection), TV.Broadcast(Eps)));
            next.Store(Value + i);
            var d = next - old;
            change = TV.Fma(d, d, change);
            size = TV.Fma(next, next, size);
        }
    }
}

using Anneal.Lab.Code;

namespace Anneal.Tests.Lab.Code;

/// <summary>Sources as proposals bring them.</summary>
internal static class Sources
{
    public const string Block = """
        public sealed class Mixed : CustomBlock
        {
            public override Node Build(BlockBuilder b, Node x, int layer, int layers)
            {
                Node local = b.Convolution("mix", b.Norm("mix_norm", x), taps: 3);
                x = b.Add(x, b.Scale("mix_scale", local, initial: 0));
                return b.DefaultMlp(b.DefaultAttention(x));
            }
        }
        """;

    public const string Optimizer = """
        public sealed class Lion : CustomOptimizer
        {
            public override void Declare(ParameterStates states) => states.Like("momentum");

            public override void Update(in ParameterUpdate p)
            {
                Span<float> value = p.Value, m = p.State(0);
                ReadOnlySpan<float> g = p.Gradient;
                float rate = (float)p.LearningRate, keep = (float)(1 - p.LearningRate * p.WeightDecay);
                for (int i = 0; i < value.Length; i++)
                {
                    value[i] = keep * value[i] - rate * MathF.Sign(0.9f * m[i] + 0.1f * g[i]);
                    m[i] = 0.99f * m[i] + 0.01f * g[i];
                }
            }
        }
        """;

    public const string Schedule = """
        public sealed class InverseSquareRoot : CustomSchedule
        {
            public override double Rate(long step, long steps)
            {
                double warmup = Math.Max(1, 0.02 * steps);
                return Math.Min((step + 1) / warmup, Math.Sqrt(warmup / (step + 1)));
            }
        }
        """;

    public const string Loss = """
        public sealed class Smoothed : CustomLoss
        {
            public override double Row(Span<float> logits, int target)
            {
                const float Smoothing = 0.1f;
                float uniform = Smoothing / logits.Length, sum = 0, at = logits[target];
                foreach (float logit in logits) sum += logit;
                float logSum = VectorMath.Softmax(logits);
                for (int i = 0; i < logits.Length; i++) logits[i] -= uniform;
                logits[target] -= 1 - Smoothing;
                return logSum - (1 - Smoothing) * at - uniform * sum;
            }
        }
        """;

    public static readonly (CodeKind Kind, string Source)[] All =
        [(CodeKind.Block, Block), (CodeKind.Optimizer, Optimizer), (CodeKind.Schedule, Schedule), (CodeKind.Loss, Loss)];

    /// <summary>A schedule whose rate is computed by some statements.</summary>
    public static string Rate(string statements, string members = "", string before = "") =>
        $"{before}public sealed class Mine : CustomSchedule {{ {members} public override double Rate(long step, long steps)\n{{\n{statements}\n}} }}";
}

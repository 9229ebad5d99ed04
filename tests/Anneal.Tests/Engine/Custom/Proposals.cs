using Anneal.Engine.Custom;
using Anneal.Engine.Models;

namespace Anneal.Tests.Engine.Custom;

/// <summary>Parts as proposals would write them.</summary>
internal static class Proposals
{
    /// <summary>A run whose parts are named as the lab would name them.</summary>
    public static CodeConfig Hashes(CustomParts parts) => new()
    {
        Block = parts.Block is null ? "" : "b10c",
        Optimizer = parts.Optimizer is null ? "" : "0971",
        Schedule = parts.Schedule is null ? "" : "5c4e",
        Loss = parts.Loss is null ? "" : "1055",
    };

    /// <summary>Block from a delegate.</summary>
    public sealed class Block(Func<BlockBuilder, Node, Node> build) : CustomBlock
    {
        public override Node Build(BlockBuilder b, Node x, int layer, int layers) => build(b, x);
    }

    /// <summary>The built-in pre-norm block with GELU, operator by operator.</summary>
    public static Node PreNorm(BlockBuilder b, Node x)
    {
        var h = b.Norm("input_layernorm", x);
        var q = b.Linear("self_attn.q_proj", h, b.Model.Width);
        var k = b.Linear("self_attn.k_proj", h, b.KvWidth);
        var v = b.Linear("self_attn.v_proj", h, b.KvWidth);
        x = b.Add(x, b.LinearToResidual("self_attn.o_proj", b.Attention(q, k, v)));
        var up = b.Linear("mlp.up_proj", b.Norm("post_attention_layernorm", x), b.HiddenWidth);
        return b.Add(x, b.LinearToResidual("mlp.down_proj", b.Gelu(up)));
    }

    /// <summary>AdamW, as its paper says.</summary>
    public sealed class Adam : CustomOptimizer
    {
        public override void Declare(ParameterStates states)
        {
            states.Like("mean");
            states.Like("square");
        }

        public override void Update(in ParameterUpdate p)
        {
            var (first, second) = p.Settings.Betas;
            Span<float> value = p.Value, mean = p.State(0), square = p.State(1);
            double firstCorrection = 1 - Math.Pow(first, p.Step), secondCorrection = 1 - Math.Pow(second, p.Step);
            for (var i = 0; i < value.Length; i++)
            {
                var g = p.Gradient[i];
                mean[i] = (float)(first * mean[i] + (1 - first) * g);
                square[i] = (float)(second * square[i] + (1 - second) * g * g);
                var step = mean[i] / firstCorrection / (Math.Sqrt(square[i] / secondCorrection) + p.Settings.Eps);
                value[i] = (float)(value[i] * (1 - p.LearningRate * p.WeightDecay) - p.LearningRate * step);
            }
        }
    }

    /// <summary>Muon on hidden matrices in the vocabulary of spans, sign descent on the rest.</summary>
    public sealed class Muonish : CustomOptimizer
    {
        public override void Declare(ParameterStates states) => states.Like("momentum");

        public override void Update(in ParameterUpdate p)
        {
            Span<float> value = p.Value, momentum = p.State(0);
            VectorMath.Blend(momentum, 0.95f, p.Gradient, 1);
            if (p.Group != ParameterGroup.Matrix)
            {
                for (var i = 0; i < value.Length; i++) value[i] -= (float)p.LearningRate * MathF.Sign(momentum[i]);
                return;
            }

            int rows = p.Rows, columns = p.Columns, length = rows * columns;
            Span<float> x = p.Math.Scratch(0, length), gram = p.Math.Scratch(1, rows * rows), square = p.Math.Scratch(2, rows * rows), product = p.Math.Scratch(3, length);
            momentum.CopyTo(x);
            VectorMath.Scale(x, 1 / (MathF.Sqrt(VectorMath.Dot(x, x)) + 1e-7f));
            for (var step = 0; step < 5; step++)
            {
                p.Math.NT(x, x, gram, rows, rows, columns);
                p.Math.NN(gram, gram, square, rows, rows, rows);
                VectorMath.Blend(square, 2.0315f, gram, -4.775f);
                p.Math.NN(square, x, product, rows, columns, rows);
                VectorMath.Blend(x, 3.4445f, product, 1);
            }

            VectorMath.AddScaled(value, x, -(float)p.LearningRate);
        }
    }

    /// <summary>Half a cosine after a warmup.</summary>
    public sealed class Cosine : CustomSchedule
    {
        public override double Rate(long step, long steps)
        {
            var warmup = (long)Math.Round(0.1 * steps);
            if (step < warmup) return (step + 1.0) / warmup;
            return 1 + (0.2 - 1) * (0.5 - 0.5 * Math.Cos(Math.PI * (step - warmup + 1.0) / (steps - warmup)));
        }
    }

    /// <summary>Label smoothing.</summary>
    public sealed class Smoothed(float smoothing) : CustomLoss
    {
        public override double Row(Span<float> logits, int target)
        {
            var at = logits[target];
            var sum = VectorMath.Sum(logits);
            var uniform = smoothing / logits.Length;
            var logSum = VectorMath.Softmax(logits);
            for (var i = 0; i < logits.Length; i++) logits[i] -= uniform;
            logits[target] -= 1 - smoothing;
            return logSum - (1 - smoothing) * at - uniform * sum;
        }
    }
}

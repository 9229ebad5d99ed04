using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

public unsafe class CausalAttentionTests
{
    public static TheoryData<int, int, int, int, int> Shapes() => new()
    {
        // batch, tokens, heads, key-value heads, head width
        { 1, 1, 1, 1, 1 },
        { 1, 2, 1, 1, 2 },
        { 2, 7, 3, 1, 4 },
        { 1, 17, 2, 2, 16 },
        { 2, 33, 4, 2, 24 },
        { 1, 64, 2, 1, 32 },
        { 1, 65, 1, 1, 48 },
        { 2, 97, 2, 2, 64 },
        { 1, 131, 4, 2, 80 },
        { 1, 257, 1, 1, 128 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_double_precision_and_keeps_to_its_buffers(int batch, int tokens, int heads, int kvHeads, int width)
    {
        using var team = new ThreadTeam(2);
        using var problem = new Problem(batch, tokens, heads, kvHeads, width);
        problem.Run(team);
        problem.ShouldAgree();
    }

    [Fact]
    public void One_and_more_threads_give_the_same_bits()
    {
        using ThreadTeam one = new(1), two = new(2), three = new(3);
        using Problem a = new(3, 150, 4, 2, 32), b = new(3, 150, 4, 2, 32), c = new(3, 150, 4, 2, 32);
        a.Run(one);
        b.Run(two);
        c.Run(three);
        a.ShouldEqual(b);
        a.ShouldEqual(c);
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var team = new ThreadTeam(1);
        using var problem = new Problem(1, 70, 1, 1, 16, magnitude: 12f);
        problem.Run(team);
        problem.ShouldAgree();
    }

    /// <summary>q, k and v packed in one buffer a token, with a gap after each token.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly AttentionShape shape;
        private readonly GuardedBuffer qkv, dQkv, o, dO, logSumExp;
        private readonly int kAt, vAt;
        private readonly double tolerance;

        public Problem(int batch, int tokens, int heads, int kvHeads, int width, float magnitude = 1f)
        {
            // The error of an exponent is relative to the score.
            tolerance = 1e-5 * magnitude;
            kAt = heads * width;
            vAt = kAt + kvHeads * width;
            int row = vAt + kvHeads * width + 5, outRow = heads * width + 2;
            shape = new(batch, tokens, heads, kvHeads, width, row, row, row, outRow, 1f / MathF.Sqrt(width));
            qkv = new(batch * tokens * row, 1);
            foreach (ref float x in qkv.Span) x *= magnitude;
            dQkv = new(batch * tokens * row, 2);
            o = new(batch * tokens * outRow, 3);
            dO = new(batch * tokens * outRow, 4);
            logSumExp = new(batch * heads * tokens, 5);
        }

        public void Run(ThreadTeam team)
        {
            CausalAttention.Forward(qkv.Pointer, qkv.Pointer + kAt, qkv.Pointer + vAt, o.Pointer, logSumExp.Pointer, shape, team);
            CausalAttention.Backward(
                qkv.Pointer, qkv.Pointer + kAt, qkv.Pointer + vAt, o.Pointer, logSumExp.Pointer, dO.Pointer,
                dQkv.Pointer, dQkv.Pointer + kAt, dQkv.Pointer + vAt, shape, team);
        }

        public void ShouldEqual(Problem other)
        {
            o.Span.SequenceEqual(other.o.Span).ShouldBeTrue();
            dQkv.Span.SequenceEqual(other.dQkv.Span).ShouldBeTrue();
            logSumExp.Span.SequenceEqual(other.logSumExp.Span).ShouldBeTrue();
        }

        public void ShouldAgree()
        {
            int t = shape.Tokens, d = shape.HeadWidth, row = shape.QueryStride, outRow = shape.OutputStride;
            using GuardedBuffer gradientBefore = new(dQkv.Span.Length, 2), outputBefore = new(o.Span.Length, 3);
            double[] exactO = [.. outputBefore.Span.ToArray().Select(x => (double)x)], exactD = [.. gradientBefore.Span.ToArray().Select(x => (double)x)];
            double[] exactLog = new double[logSumExp.Span.Length];
            for (int token = 0; token < shape.Batch * t; token++)
            {
                for (int i = 0; i < row - 5; i++) exactD[token * row + i] = 0;
            }

            for (int b = 0; b < shape.Batch; b++)
            {
                for (int h = 0; h < shape.Heads; h++)
                {
                    int g = h / (shape.Heads / shape.KvHeads);
                    for (int i = 0; i < t; i++)
                    {
                        int q = (b * t + i) * row + h * d, oAt = (b * t + i) * outRow + h * d;
                        double[] p = new double[i + 1];
                        for (int j = 0; j <= i; j++) p[j] = shape.Scale * Dot(qkv, q, qkv, (b * t + j) * row + kAt + g * d, d);
                        double max = p.Max(), sum = p.Sum(x => Math.Exp(x - max));
                        exactLog[(b * shape.Heads + h) * t + i] = max + Math.Log(sum);
                        double[] dP = new double[i + 1];
                        for (int x = 0; x < d; x++) exactO[oAt + x] = 0;
                        for (int j = 0; j <= i; j++)
                        {
                            int v = (b * t + j) * row + vAt + g * d;
                            p[j] = Math.Exp(p[j] - max) / sum;
                            dP[j] = Dot(dO, oAt, qkv, v, d);
                            for (int x = 0; x < d; x++) exactO[oAt + x] += p[j] * qkv.Span[v + x];
                        }

                        double delta = p.Zip(dP, (x, y) => x * y).Sum();
                        for (int j = 0; j <= i; j++)
                        {
                            int k = (b * t + j) * row + kAt + g * d, v = (b * t + j) * row + vAt + g * d;
                            double dS = p[j] * (dP[j] - delta) * shape.Scale;
                            for (int x = 0; x < d; x++)
                            {
                                exactD[q + x] += dS * qkv.Span[k + x];
                                exactD[k + x] += dS * qkv.Span[q + x];
                                exactD[v + x] += p[j] * dO.Span[oAt + x];
                            }
                        }
                    }
                }
            }

            ShouldBeNear(o, exactO, "o");
            ShouldBeNear(logSumExp, exactLog, "log-sum-exp");
            ShouldBeNear(dQkv, exactD, "gradient");
            foreach (GuardedBuffer buffer in new[] { qkv, dQkv, o, dO, logSumExp }) buffer.GuardsShouldBeUntouched();
        }

        public void Dispose()
        {
            foreach (GuardedBuffer buffer in new[] { qkv, dQkv, o, dO, logSumExp }) buffer.Dispose();
        }

        private static double Dot(GuardedBuffer x, int xAt, GuardedBuffer y, int yAt, int length)
        {
            double sum = 0;
            for (int i = 0; i < length; i++) sum += (double)x.Span[xAt + i] * y.Span[yAt + i];
            return sum;
        }

        private void ShouldBeNear(GuardedBuffer actual, double[] exact, string what)
        {
            double allowed = tolerance * Math.Max(1, exact.Max(Math.Abs));
            for (int i = 0; i < exact.Length; i++)
            {
                // A NaN must fail too.
                if (!(Math.Abs(actual.Span[i] - exact[i]) <= allowed)) actual.Span[i].ShouldBe((float)exact[i], allowed, $"{what} at {i}");
            }
        }
    }
}

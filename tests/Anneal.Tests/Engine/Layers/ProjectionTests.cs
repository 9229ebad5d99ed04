using Anneal.Engine.Kernels;
using Anneal.Engine.Layers;

namespace Anneal.Tests.Engine.Layers;

public class ProjectionTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(19, 17, 3)]
    [InlineData(2, 33, 18)]
    public void Linear_with_and_without_bias(int rows, int inputs, int outputs)
    {
        using var plain = new Primitive();
        var (x, w) = (plain.Leaf(rows, inputs), plain.Parameter(outputs, inputs));
        plain.Check(() => new Linear("linear", x, w, null), op => op.Y, v => Product(v[0], v[1], inputs));

        using var biased = new Primitive();
        var (x2, w2, b) = (biased.Leaf(rows, inputs), biased.Parameter(outputs, inputs), biased.Parameter(1, outputs));
        biased.Check(() => new Linear("linear", x2, w2, b), op => op.Y, v => [.. Product(v[0], v[1], inputs).Select((y, i) => y + v[2][i % outputs])]);
    }

    [Theory]
    [InlineData(3, 5, 7)]
    [InlineData(17, 4, 19)]
    public void Linear_onto_a_residual(int rows, int inputs, int outputs)
    {
        using var primitive = new Primitive();
        var (x, residual) = (primitive.Leaf(rows, inputs), primitive.Leaf(rows, outputs));
        var (w, b) = (primitive.Parameter(outputs, inputs), primitive.Parameter(1, outputs));
        primitive.Check(
            () => new Linear("linear", x, w, b, residual),
            op => op.Y,
            v => [.. Product(v[0], v[2], inputs).Select((y, i) => y + v[1][i] + v[3][i % outputs])],
            copies: 1);
    }

    [Fact]
    public void A_weight_of_another_width_is_refused_with_both_shapes()
    {
        using var primitive = new Primitive();
        Should.Throw<ArgumentException>(() => new Linear("up", primitive.Leaf(2, 3), primitive.Parameter(5, 4), null))
            .Message.ShouldBe("up: the input is [2, 3], the weight [5, 4]; inner sizes differ.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Embedding_adds_what_its_tokens_share(bool positions)
    {
        const int Vocab = 5, Context = 6, Columns = 19;
        int[] ids = [1, 4, 4, 0, 2, 4, 3, 1, 1, 0, 0, 4];
        using var primitive = new Primitive();
        var tokens = primitive.Parameter(Vocab, Columns);
        var table = positions ? primitive.Parameter(Context + 1, Columns) : null;
        primitive.Check(
            () => new Embedding("embed", ids, Context, tokens, table),
            op => op.Y,
            v => [.. ids.SelectMany((id, n) => Enumerable.Range(0, Columns).Select(j =>
                v[0][(id * Columns) + j] + (positions ? v[1][((n % Context) * Columns) + j] : 0)))]);
    }

    [Theory]
    [InlineData(1, 3, 2, 0)]
    [InlineData(5, 7, 19, 0)]
    [InlineData(5, 7, 19, 3)]
    [InlineData(3, 4, 35, 30)]
    [InlineData(300, 2, 3, 0)]
    public void Head_gives_the_loss_and_its_gradient_in_one_pass(int rows, int columns, int vocab, double softcap)
    {
        using var primitive = new Primitive();
        var (x, w) = (primitive.Leaf(rows, columns), primitive.Parameter(vocab, columns));
        var targets = Enumerable.Range(0, rows).Select(n => n % 4 == 1 ? -1 : n * 7 % vocab).ToArray();
        const float Scale = 0.25f;

        using var team = new ThreadTeam(1);
        using var graph = new Anneal.Engine.Autograd.Graph(training: true);
        var head = graph.Add(new CrossEntropyHead("head", x, w, targets, softcap, training: true) { GradientScale = Scale });
        graph.Allocate(team);
        primitive.Fill(x.Values);
        w.Grads.Fill(1);
        var inputs = new[] { x.Values.ToArray(), w.Values.ToArray() }.Select(values => Array.ConvertAll(values, value => (double)value)).ToArray();
        graph.Forward();
        graph.Backward();

        double[] Losses(double[][] v) => [.. Product(v[0], v[1], columns).Chunk(vocab).Select((logits, n) =>
        {
            if (targets[n] < 0) return 0;
            if (softcap > 0) logits = Array.ConvertAll(logits, z => softcap * Math.Tanh(z / softcap));
            return Math.Log(logits.Sum(z => Math.Exp(z - logits.Max()))) + logits.Max() - logits[targets[n]];
        })];
        var expected = Losses(inputs);
        for (var n = 0; n < rows; n++) ((double)head.Nats[n]).ShouldBe(expected[n], 1e-5 * Math.Max(1, expected[n]));
        head.TotalNats.ShouldBe(expected.Sum(), 1e-5 * expected.Sum());
        if (rows > 100) return;

        var weights = Enumerable.Repeat((double)Scale, rows).ToArray();
        var dx = Primitive.Differences(Losses, inputs, 0, weights);
        var dw = Primitive.Differences(Losses, inputs, 1, weights);
        for (var i = 0; i < dx.Length; i++) ((double)x.Grads[i]).ShouldBe(dx[i], 1e-5);
        for (var i = 0; i < dw.Length; i++) ((double)w.Grads[i]).ShouldBe(dw[i] + 1, 1e-5);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 2)]
    [InlineData(2, 5, 4, 2, 6)]
    [InlineData(1, 9, 3, 1, 18)]
    public void Attention_over_a_packed_qkv(int sequences, int context, int heads, int kvHeads, int headWidth)
    {
        using var primitive = new Primitive();
        var shape = new QkvShape(sequences, context, heads, kvHeads, headWidth);
        var qkv = primitive.Leaf(shape.Tokens, shape.Columns);
        primitive.Check(() => new Attention("attention", qkv, shape), op => op.Y, v => AttentionOf(v[0], shape), copies: 1);
    }

    private static double[] AttentionOf(double[] qkv, QkvShape s)
    {
        var y = new double[s.Tokens * s.Heads * s.HeadWidth];
        for (var b = 0; b < s.Sequences; b++)
        {
            for (var h = 0; h < s.Heads; h++)
            {
                var kv = h / (s.Heads / s.KvHeads);
                double At(int t, int start, int i) => qkv[((((b * s.Context) + t) * s.Columns) + start) + i];
                for (var t = 0; t < s.Context; t++)
                {
                    var scores = Enumerable.Range(0, t + 1).Select(u => Enumerable.Range(0, s.HeadWidth).Sum(i =>
                        At(t, h * s.HeadWidth, i) * At(u, s.Keys + (kv * s.HeadWidth), i)) / Math.Sqrt(s.HeadWidth)).ToArray();
                    var sum = scores.Sum(Math.Exp);
                    for (var i = 0; i < s.HeadWidth; i++)
                        y[((((b * s.Context) + t) * s.Heads + h) * s.HeadWidth) + i] =
                            Enumerable.Range(0, t + 1).Sum(u => Math.Exp(scores[u]) / sum * At(u, s.Values + (kv * s.HeadWidth), i));
                }
            }
        }

        return y;
    }

    /// <summary>x [N, k] times w [m, k] transposed.</summary>
    private static double[] Product(double[] x, double[] w, int k) =>
        [.. x.Chunk(k).SelectMany(row => w.Chunk(k).Select(column => row.Zip(column, (a, b) => a * b).Sum()))];
}

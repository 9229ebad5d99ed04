using Anneal.Engine.Autograd;
using Anneal.Engine.Layers;

namespace Anneal.Tests.Engine.Layers;

/// <summary>Operators that only proposals' blocks use. Rows are two sequences of five tokens.</summary>
public class BlockPartsTests
{
    private const int Context = 5, Tokens = 2 * Context;

    public static TheoryData<int> Widths => [1, 3, 16, 37, 70];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sum_and_product_of_two(int width)
    {
        Check(width, 2, x => new Sum("op", x[0], x[1]), op => op.Y, x => Each(x[0].Length, i => x[0][i] + x[1][i]));
        Check(width, 2, x => new Product("op", x[0], x[1]), op => op.Y, x => Each(x[0].Length, i => x[0][i] * x[1][i]));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sum_and_product_of_one_with_itself(int width)
    {
        Check(width, 1, x => new Sum("op", x[0], x[0]), op => op.Y, x => Each(x[0].Length, i => 2 * x[0][i]));
        Check(width, 1, x => new Product("op", x[0], x[0]), op => op.Y, x => Each(x[0].Length, i => x[0][i] * x[0][i]));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sigmoid_and_tanh(int width)
    {
        Check(width, 1, x => new Squash("op", x[0], hyperbolic: false), op => op.Y, x => Each(x[0].Length, i => 1 / (1 + Math.Exp(-x[0][i]))));
        Check(width, 1, x => new Squash("op", x[0], hyperbolic: true), op => op.Y, x => Each(x[0].Length, i => Math.Tanh(x[0][i])));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_gain_for_each_channel(int width)
    {
        using var check = new Primitive();
        var (x, gain) = (check.Leaf(Tokens, width), check.Parameter(1, width));
        check.Check(() => new ChannelScale("op", x, gain), op => op.Y, v => Each(v[0].Length, i => v[0][i] * v[1][i % width]), threads: 2);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_shift_by_one_token(int width) =>
        Check(width, 1, x => new Shift("op", x[0], Context), op => op.Y, x => Each(x[0].Length, i => i / width % Context == 0 ? 0 : x[0][i - width]));

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_causal_convolution(int width)
    {
        foreach (var taps in new[] { 1, 3, 9 })
        {
            using var check = new Primitive();
            var (x, w) = (check.Leaf(Tokens, width), check.Parameter(taps, width));
            check.Check(() => new CausalConvolution("op", x, w, Context), op => op.Y, v => Each(v[0].Length, i =>
                Enumerable.Range(0, Math.Min(taps, i / width % Context + 1)).Sum(k => v[1][k * width + i % width] * v[0][i - k * width])), threads: 2);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_gated_recurrence(int width) =>
        Check(width, 2, x => new LinearRecurrence("op", x[0], x[1], Context), op => op.Y, x =>
        {
            var y = new double[x[0].Length];
            for (var i = 0; i < y.Length; i++) y[i] = x[1][i] + (i / width % Context == 0 ? 0 : x[0][i] * y[i - width]);
            return y;
        });

    [Fact]
    public void Rows_side_by_side_and_columns_cut_out()
    {
        using var check = new Primitive();
        var (a, b) = (check.Leaf(Tokens, 3), check.Leaf(Tokens, 20));
        check.Check(() => new Concat("op", [a, b, a]), op => op.Y, v => Each(Tokens * 26, i => (i / 26, i % 26) switch
        {
            var (row, column) when column < 3 => v[0][row * 3 + column],
            var (row, column) when column < 23 => v[1][row * 20 + column - 3],
            var (row, column) => v[0][row * 3 + column - 23],
        }));
        using var cut = new Primitive();
        var x = cut.Leaf(Tokens, 20);
        cut.Check(() => new Slice("op", x, 4, 9), op => op.Y, v => Each(Tokens * 9, i => v[0][i / 9 * 20 + 4 + i % 9]));
    }

    private static void Check<T>(int width, int inputs, Func<Tensor[], T> make, Func<T, Tensor> output, Func<double[][], double[]> formula)
        where T : Op
    {
        using var check = new Primitive();
        var leaves = Enumerable.Range(0, inputs).Select(_ => check.Leaf(Tokens, width)).ToArray();
        check.Check(() => make(leaves), output, formula, threads: 2);
    }

    private static double[] Each(int length, Func<int, double> at) => [.. Enumerable.Range(0, length).Select(at)];
}

using Anneal.Engine.Layers;

namespace Anneal.Tests.Engine.Layers;

public class ElementwiseTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 5 }, { 2, 16 }, { 17, 3 }, { 1, 33 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gelu_is_the_tanh_form(int rows, int columns)
    {
        using var primitive = new Primitive();
        var x = primitive.Leaf(rows, columns);
        primitive.Check(
            () => new Gelu("gelu", x),
            op => op.Y,
            v => Array.ConvertAll(v[0], a => a / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (a + (0.044715 * a * a * a))))));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Relu2_is_the_square_of_the_positive_part(int rows, int columns)
    {
        using var primitive = new Primitive();
        var x = primitive.Leaf(rows, columns);
        primitive.Check(() => new Relu2("relu2", x), op => op.Y, v => Array.ConvertAll(v[0], a => Math.Pow(Math.Max(a, 0), 2)));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Swiglu_gates_the_second_half_by_the_first(int rows, int columns)
    {
        using var primitive = new Primitive();
        var x = primitive.Leaf(rows, 2 * columns);
        primitive.Check(
            () => new Swiglu("swiglu", x),
            op => op.Y,
            v => [.. v[0].Chunk(2 * columns).SelectMany(row => row[..columns].Zip(row[columns..], (gate, up) => gate / (1 + Math.Exp(-gate)) * up))]);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_residual_sum_passes_its_gradient_to_both(int rows, int columns)
    {
        using var primitive = new Primitive();
        var (a, b) = (primitive.Leaf(rows, columns), primitive.Leaf(rows, columns));
        primitive.Check(() => new ResidualAdd("sum", a, b), op => op.Y, v => [.. v[0].Zip(v[1], (x, y) => x + y)], copies: 1);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 2)]
    [InlineData(2, 3, 4, 2, 6)]
    [InlineData(1, 20, 2, 1, 34)]
    public void Rope_turns_half_split_pairs_of_queries_and_keys(int sequences, int context, int heads, int kvHeads, int headWidth)
    {
        using var primitive = new Primitive();
        var shape = new QkvShape(sequences, context, heads, kvHeads, headWidth);
        var qkv = primitive.Leaf(shape.Tokens, shape.Columns);
        primitive.Check(
            () => new Rope("rope", qkv, shape, 100),
            _ => qkv,
            v => [.. v[0].Chunk(headWidth).SelectMany((head, number) =>
            {
                var token = number / (heads + (2 * kvHeads));
                return number % (heads + (2 * kvHeads)) < shape.QueryKeyHeads ? Turn(head, token % context) : head;
            })],
            copies: 1);

        static double[] Turn(double[] head, int position)
        {
            var half = head.Length / 2;
            var turned = new double[head.Length];
            for (var i = 0; i < half; i++)
            {
                var angle = position * Math.Pow(100, -2.0 * i / head.Length);
                turned[i] = (head[i] * Math.Cos(angle)) - (head[i + half] * Math.Sin(angle));
                turned[i + half] = (head[i] * Math.Sin(angle)) + (head[i + half] * Math.Cos(angle));
            }

            return turned;
        }
    }
}

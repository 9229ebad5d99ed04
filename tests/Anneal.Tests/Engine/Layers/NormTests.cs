using Anneal.Engine.Layers;

namespace Anneal.Tests.Engine.Layers;

public class NormTests
{
    // Rows around the chunk size, columns around every vector width.
    public static TheoryData<int, int> Sizes => new() { { 1, 2 }, { 3, 5 }, { 2, 16 }, { 17, 7 }, { 33, 3 }, { 2, 31 }, { 3, 35 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Layer_norm_with_bias(int rows, int columns)
    {
        using var primitive = new Primitive();
        var (x, gain, bias) = (primitive.Leaf(rows, columns), primitive.Parameter(1, columns), primitive.Parameter(1, columns));
        primitive.Check(() => new LayerNorm("norm", x, gain, bias), op => op.Y, v => LayerNormOf(v[0], v[1], v[2]));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Layer_norm_without_bias(int rows, int columns)
    {
        using var primitive = new Primitive();
        var (x, gain) = (primitive.Leaf(rows, columns), primitive.Parameter(1, columns));
        primitive.Check(() => new LayerNorm("norm", x, gain, null), op => op.Y, v => LayerNormOf(v[0], v[1], new double[columns]));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rms_norm(int rows, int columns)
    {
        using var primitive = new Primitive();
        var (x, gain) = (primitive.Leaf(rows, columns), primitive.Parameter(1, columns));
        primitive.Check(() => new RmsNorm("norm", x, gain), op => op.Y, v => v[0].Chunk(columns).SelectMany(row =>
        {
            var scale = 1 / Math.Sqrt(row.Average(a => a * a) + RmsNorm.Epsilon);
            return row.Select((a, j) => a * scale * v[1][j]);
        }).ToArray());
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 2)]
    [InlineData(2, 3, 4, 2, 6)]
    [InlineData(1, 5, 3, 1, 18)]
    [InlineData(1, 18, 2, 2, 34)]
    public void Qk_norm(int sequences, int context, int heads, int kvHeads, int headWidth)
    {
        using var primitive = new Primitive();
        var shape = new QkvShape(sequences, context, heads, kvHeads, headWidth);
        var qkv = primitive.Leaf(shape.Tokens, shape.Columns);
        primitive.Check(
            () => new QkNorm("qk", qkv, shape),
            _ => qkv,
            v => v[0].Chunk(headWidth).SelectMany((head, number) =>
            {
                if (number % (heads + (2 * kvHeads)) >= shape.QueryKeyHeads) return head;
                var scale = 1 / Math.Sqrt(head.Average(a => a * a) + QkNorm.Epsilon);
                return head.Select(a => a * scale);
            }).ToArray(),
            copies: 1);
    }

    private static double[] LayerNormOf(double[] x, double[] gain, double[] bias) => [.. x.Chunk(gain.Length).SelectMany(row =>
    {
        var mean = row.Average();
        var scale = 1 / Math.Sqrt(row.Average(a => (a - mean) * (a - mean)) + LayerNorm.Epsilon);
        return row.Select((a, j) => ((a - mean) * scale * gain[j]) + bias[j]);
    })];
}

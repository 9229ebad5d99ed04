using Anneal.Engine.Custom;

namespace Anneal.Tests.Engine.Custom;

/// <summary>Whatever nodes read which others, gradients must add up: random graphs of smooth operators against differences of the loss.</summary>
public class RandomBlockTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_gradient_of_a_random_graph_is_its_differences(int seed) =>
        CustomBlockTests.GradientsAreDifferences((b, x, layer) => Build(b, x, layer, new Random(100 * seed + layer)), (Anneal.Engine.Models.NormPlace)(seed % 3));

    private static Node Build(BlockBuilder b, Node x, int layer, Random random)
    {
        var width = b.Model.Width;
        List<Node> nodes = [x, b.Stream(random.Next(layer + 1))];
        HashSet<Node> unread = [];
        bool attended = false, fed = false;
        for (var i = 0; i < 9; i++)
        {
            Node Any()
            {
                var node = nodes[random.Next(nodes.Count)];
                unread.Remove(node);
                return node;
            }

            // A norm makes a cliff of what is zero, so it stands on the stream.
            Node Solid() => b.Add(b.Tanh(Any()), x);
            var made = random.Next(11) switch
            {
                0 => b.Add(Any(), Any()),
                1 => b.Multiply(b.Tanh(Any()), b.Sigmoid(Any())),
                2 => b.Scale($"scale{i}", Any()),
                3 => b.Shift(Any()),
                4 => b.Recur(b.Sigmoid(Any()), b.Tanh(Any())),
                5 => b.Slice(b.Concat(Any(), Any()), width / 2, width),
                6 => b.Norm($"norm{i}", Solid()),
                7 => b.Convolution($"conv{i}", Any(), 3, std: 0.3),
                8 => b.Linear($"linear{i}", Any(), width, std: 0.1),
                9 when !attended && (attended = true) => b.DefaultAttention(random.Next(2) == 0 ? x : Solid()),
                10 when !fed && (fed = true) => b.DefaultMlp(random.Next(2) == 0 ? x : Solid()),
                _ => b.Gelu(Any()),
            };
            nodes.Add(made);
            unread.Add(made);
        }

        // Everything leads to the result, and nothing grows from layer to layer.
        return b.Norm("last", unread.Aggregate(x, b.Add));
    }
}

using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Tests.Engine.Training;

namespace Anneal.Tests.Engine.Custom;

public class CustomBlockTests
{
    private const int Steps = 12;

    [Fact]
    public void The_prenorm_block_written_operator_by_operator_trains_like_the_built_in_one() =>
        Follow(Train(null), Train(new Proposals.Block(Proposals.PreNorm)), 2e-5);

    [Theory]
    [InlineData(NormPlace.Pre)]
    [InlineData(NormPlace.Post)]
    [InlineData(NormPlace.Peri)]
    public void The_default_halves_are_the_built_in_block(NormPlace place) =>
        Follow(
            Train(null, options => Llama(options, place)),
            Train(new Proposals.Block((b, x) => b.DefaultMlp(b.DefaultAttention(x))), options => Llama(options, place)), 1e-6);

    [Fact]
    public void A_residual_stream_that_is_read_again_later_still_has_the_right_gradient()
    {
        // x + mlp(attention(x)) - 0: the halves may not share the memory of x's gradient here.
        var twice = Train(new Proposals.Block((b, x) => b.Add(b.DefaultMlp(b.DefaultAttention(x)), x)));
        var copied = Train(new Proposals.Block((b, x) => b.Add(b.DefaultMlp(b.DefaultAttention(b.Slice(x, 0, x.Width))), b.Concat(x))));
        Follow(copied, twice, 1e-6);
    }

    [Fact]
    public void Streams_of_earlier_layers_can_be_read_anywhere_and_have_the_right_gradient() =>
        GradientsAreDifferences((b, x, layer) => b.DefaultMlp(b.DefaultAttention(b.Add(b.Scale("keep", x), b.Scale("skip", b.Stream(layer == 2 ? 1 : 0))))), NormPlace.Pre);

    [Theory]
    [InlineData(NormPlace.Pre)]
    [InlineData(NormPlace.Peri)]
    public void A_layer_that_passes_its_input_on_shares_it_with_later_readers(NormPlace place) =>
        GradientsAreDifferences((b, x, layer) => layer == 0 ? x : b.Add(b.DefaultMlp(b.DefaultAttention(x)), b.Stream(0)), place);

    [Fact]
    public void The_gradient_of_a_block_of_all_kinds_of_operators_is_its_differences() => GradientsAreDifferences(
        (b, x, _) =>
        {
            var h = b.Norm("norm", x);
            var mixed = b.Add(b.Convolution("conv", h, 3), b.Multiply(b.Sigmoid(b.Linear("gate", h, 24)), b.Tanh(b.Shift(h))));
            var state = b.Recur(b.Sigmoid(b.Linear("decay", h, 24)), mixed);
            var attended = b.Attention(h, b.Slice(b.Concat(h, state), 12, b.KvWidth), state, rope: true, qkNorm: true);
            return b.Add(x, b.Add(b.LinearToResidual("out", attended), b.Map(b.Swiglu(b.Concat(state, b.Relu2(h))), v => v * v * v, v => 3 * v * v)));
        }, NormPlace.Pre);

    // Largest entry of every parameter's gradient against a central difference of the loss.
    internal static void GradientsAreDifferences(Func<BlockBuilder, Node, int, Node> build, NormPlace place)
    {
        const float Step = 5e-4f;
        var config = new ModelConfig { Layers = 3, Width = 24, Heads = 3, Context = 8, InitStd = 0.3, Norm = new() { Place = place } };
        using var model = new Transformer(config, 17, 5, new Layered(build));
        using var graph = new TransformerGraph(model.Layout, config, 2, 8, GraphPurpose.Training);
        using var team = new ThreadTeam(2);
        graph.Ops.Allocate(team);
        for (var i = 0; i < graph.Ids.Length; i++) (graph.Ids[i], graph.Targets[i]) = (i * 5 % 17, (i * 5 + 5) % 17);
        model.Grads.Clear();
        graph.Ops.Forward();
        graph.Ops.Backward();
        var gradients = model.Parameters.Select(parameter => parameter.Grad.ToArray()).ToList();
        foreach (var (parameter, gradient) in model.Parameters.Zip(gradients))
        {
            var entry = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            var at = parameter.Value[entry];
            parameter.Value[entry] = at + Step;
            graph.Ops.Forward();
            var above = graph.Head!.TotalNats;
            parameter.Value[entry] = at - Step;
            graph.Ops.Forward();
            var below = graph.Head!.TotalNats;
            parameter.Value[entry] = at;
            var slope = (above - below) / (2 * Step);
            ((double)gradient[entry]).ShouldBe(slope, 0.02 * Math.Abs(slope) + 1e-2, parameter.Name);
        }
    }

    private sealed class Layered(Func<BlockBuilder, Node, int, Node> build) : CustomBlock
    {
        public override Node Build(BlockBuilder b, Node x, int layer, int layers) => build(b, x, layer);
    }

    private static void Follow(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        expected[^1].ShouldBeLessThan(expected[0] - 0.2, "the comparison means little if nothing is learned");
        for (var step = 0; step < Steps; step++) actual[step].ShouldBe(expected[step], tolerance * expected[step], $"step {step}");
    }

    private static TrainerOptions Llama(TrainerOptions options, NormPlace place) => options with
    {
        Model = options.Model with
        {
            KvHeads = 1,
            Bias = false,
            QkNorm = true,
            Norm = new() { Kind = NormKind.Rms, Place = place },
            Mlp = new() { Kind = MlpKind.Swiglu },
            Position = new() { Kind = PositionKind.Rope },
        },
    };

    private static double[] Train(CustomBlock? block, Func<TrainerOptions, TrainerOptions>? change = null)
    {
        using var run = new TinyRun(change, parts: block is null ? null : new() { Block = block });
        return [.. Enumerable.Range(0, Steps).Select(_ => run.Trainer.Step().Loss)];
    }
}

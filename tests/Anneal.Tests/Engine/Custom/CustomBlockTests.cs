using Anneal.Engine.Custom;
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

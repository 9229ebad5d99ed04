using Anneal.Engine.Checks;
using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Tests.Engine.Custom;

namespace Anneal.Tests.Engine.Checks;

public sealed class CodeCheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-check-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Honest_parts_pass_and_are_counted()
    {
        var facts = Check(() => new()
        {
            Block = new Proposals.Block((b, x) => Everything(b, Proposals.PreNorm(b, x))),
            Optimizer = new Proposals.Muonish(),
            Schedule = new Proposals.Cosine(),
            Loss = new Proposals.Smoothed(0.1f),
        });
        facts.Problems.ShouldBeEmpty();
        facts.Parameters.ShouldBeGreaterThan(Trainer.CountParameters(Options().Model, Options().Vocab));
        facts.FlopsPerStep.ShouldBeGreaterThan(Trainer.CountFlopsPerStep(Options()));
    }

    [Fact]
    public void A_wrong_derivative_of_a_map_names_the_place() =>
        Refuses(() => Map(x => x * x, x => x), "map of `add`", "the derivative", "differences of the value say");

    [Theory]
    [InlineData("half", "input 0")]
    [InlineData("parameter", "parameter 0")]
    [InlineData("overwrite", "input 0")]
    [InlineData("unwritten", "unwritten")]
    [InlineData("counting", "another output")]
    public void A_wrong_operator_names_itself_and_its_worst_place(string fault, string says) =>
        Refuses(() => new Proposals.Block((b, x) => b.Add(x, b.Op("gain", new Gain(fault), x))), "model.layers.0.gain", says);

    [Fact]
    public void A_right_operator_passes() =>
        Check(() => new() { Block = new Proposals.Block((b, x) => b.Add(x, b.Op("gain", new Gain(""), x))) }).Problems.ShouldBeEmpty();

    [Fact]
    public void An_operator_that_looks_ahead_is_told_where() =>
        Refuses(() => new Proposals.Block((b, x) => b.Add(x, b.Op("peek", new Neighbour(1), x))), "the future is seen", "earlier token");

    [Fact]
    public void An_operator_that_mixes_sequences_is_told_where() =>
        Refuses(() => new Proposals.Block((b, x) => b.Add(x, b.Op("peek", new Neighbour(-1), x))), "sequences see each other");

    [Theory]
    [InlineData("unused", "leads to nothing")]
    [InlineData("narrow", "expected the residual stream's 24")]
    [InlineData("twice", "names two learned parts")]
    [InlineData("name", "lower-case letters")]
    [InlineData("alien", "a node of another layer")]
    [InlineData("attention", "expected 24")]
    [InlineData("throws", "out of ideas")]
    [InlineData("parameter", "lower-case letters")]
    [InlineData("stream", "can read the streams 0 to 0")]
    public void A_block_that_cannot_be_built_says_why(string fault, string says)
    {
        Node? first = null;
        Refuses(() => new Proposals.Block((b, x) =>
        {
            first ??= x;
            if (fault == "unused") b.Gelu(x);
            return fault switch
            {
                "narrow" => b.Slice(x, 0, 3),
                "twice" => b.Linear("a", b.Linear("a", x, 24), 24),
                "name" => b.Linear("A B", x, 24),
                "alien" => b.Add(x, first),
                "attention" => b.Attention(b.Slice(x, 0, 3), x, x),
                "parameter" => b.Op("op", new Gain("", "../x"), x),
                "stream" => b.Stream(1),
                "throws" => throw new InvalidOperationException("out of ideas"),
                _ => x,
            };
        }), says);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(11)]
    public void A_rate_out_of_range_is_refused(double rate) =>
        Check(() => new() { Schedule = new Constant(_ => rate) }).Problems.Single().ShouldContain("expected 0 to 10");

    [Fact]
    public void A_schedule_that_counts_its_calls_is_refused() =>
        Check(() => new() { Schedule = new Constant(calls => 1.0 / calls) }).Problems.Single().ShouldContain("its arguments alone");

    [Fact]
    public void A_loss_with_a_wrong_gradient_is_refused() =>
        Check(() => new() { Loss = new Wrong() }).Problems.Single().ShouldContain("with respect to logit");

    [Fact]
    public void An_optimizer_that_keeps_state_in_a_field_is_refused() =>
        Check(() => new() { Optimizer = new Forgetful() }).Problems.Single().ShouldContain("outside the declared states");

    private CodeFacts Check(Func<CustomParts> make) => CodeCheck.Run(Options() with { Code = Proposals.Hashes(make()) }, make, folder);

    private void Refuses(Func<CustomBlock> make, params string[] says)
    {
        var facts = Check(() => new() { Block = make() });
        facts.Problems.Count.ShouldBe(1);
        foreach (var word in says) facts.Problems[0].ShouldContain(word);
    }

    private static Proposals.Block Map(Func<float, float> f, Func<float, float> derivative) => new((b, x) => b.Map(b.Add(x, x), f, derivative));

    private static TrainerOptions Options() => new()
    {
        Model = new ModelConfig { Layers = 2, Width = 24, Heads = 3, Context = 16 },
        Vocab = 50,
        Optimizer = new() { Lr = 1e-2 },
        BatchTokens = 64,
        Steps = 40,
    };

    // Each operator once, so that all are in the graph whose sight is probed.
    private static Node Everything(BlockBuilder b, Node x)
    {
        var h = b.Norm("extra_norm", x);
        var mixed = b.Add(b.Convolution("conv", h, 3), b.Multiply(b.Sigmoid(h), b.Tanh(b.Shift(h))));
        var state = b.Recur(b.Sigmoid(b.Linear("gate", h, 24)), mixed);
        var gated = b.Swiglu(b.Concat(state, b.Relu2(b.Slice(b.Concat(h, h), 12, 24))));
        return b.Add(x, b.Scale("extra_scale", b.Map(b.Op("gain", new Gain(""), gated), x => x * x * x, x => 3 * x * x)));
    }

    /// <summary>y = gain * x by hand, with faults to order.</summary>
    private sealed class Gain(string fault, string parameter = "weight") : CustomOp
    {
        private int calls;

        public override int OutputWidth(ReadOnlySpan<int> widths) => widths[0];

        public override IReadOnlyList<OpParameter> Parameters(ReadOnlySpan<int> widths) => [new(parameter, 1, widths[0], 1)];

        public override void Forward(in OpForward p)
        {
            var length = fault == "unwritten" ? p.Output.Length - 1 : p.Output.Length;
            for (var i = 0; i < length; i++) p.Output[i] = p.Input(0)[i] * p.Parameter(0)[i % p.Width(0)];
            if (fault == "counting") p.Output[0] += ++calls;
        }

        public override void Backward(in OpBackward p)
        {
            for (var i = 0; i < p.OutputGradient.Length; i++)
            {
                var dx = p.OutputGradient[i] * p.Parameter(0)[i % p.Width(0)];
                if (fault == "overwrite") p.InputGradient(0)[i] = dx;
                else p.InputGradient(0)[i] += fault == "half" ? dx / 2 : dx;
                p.ParameterGradient(0)[i % p.Width(0)] += fault == "parameter" ? 0 : p.OutputGradient[i] * p.Input(0)[i];
            }
        }
    }

    /// <summary>y[row] = x[row + offset], blind to where sequences end.</summary>
    private sealed class Neighbour(int offset) : CustomOp
    {
        public override int OutputWidth(ReadOnlySpan<int> widths) => widths[0];

        public override void Forward(in OpForward p)
        {
            var shift = offset * p.Width(0);
            for (var i = 0; i < p.Output.Length; i++) p.Output[i] = i + shift >= 0 && i + shift < p.Output.Length ? p.Input(0)[i + shift] : 0;
        }

        public override void Backward(in OpBackward p)
        {
            var shift = offset * p.Width(0);
            for (var i = 0; i < p.OutputGradient.Length; i++)
                if (i + shift >= 0 && i + shift < p.OutputGradient.Length) p.InputGradient(0)[i + shift] += p.OutputGradient[i];
        }
    }

    private sealed class Constant(Func<int, double> rate) : CustomSchedule
    {
        private int calls;

        public override double Rate(long step, long steps) => rate(++calls);
    }

    private sealed class Wrong : CustomLoss
    {
        public override double Row(Span<float> logits, int target)
        {
            var at = logits[target];
            var sum = VectorMath.Softmax(logits);
            return sum - at;
        }
    }

    private sealed class Forgetful : CustomOptimizer
    {
        private readonly Dictionary<string, float[]> momentum = [];

        public override void Declare(ParameterStates states)
        {
        }

        public override void Update(in ParameterUpdate p)
        {
            if (!momentum.TryGetValue(p.Name, out var m)) momentum[p.Name] = m = new float[p.Value.Length];
            VectorMath.Blend(m, 0.9f, p.Gradient, 1);
            VectorMath.AddScaled(p.Value, m, -(float)p.LearningRate);
        }
    }
}

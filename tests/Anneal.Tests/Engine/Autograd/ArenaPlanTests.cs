using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;

namespace Anneal.Tests.Engine.Autograd;

public class ArenaPlanTests
{
    private static readonly ModelConfig Shape = new() { Layers = 6, Width = 32, Heads = 2, Context = 16, Norm = new() { Place = NormPlace.Peri } };

    [Fact]
    public void Scoring_drops_activations_that_training_keeps()
    {
        using var team = new ThreadTeam(1);
        using var training = Record(GraphPurpose.Training, Shape, team);
        using var scoring = Record(GraphPurpose.Scoring, Shape, team);
        using var deeper = Record(GraphPurpose.Scoring, Shape with { Layers = 12 }, team);
        scoring.Ops.ArenaLength.ShouldBeLessThan(training.Ops.ArenaLength / 3);
        deeper.Ops.ArenaLength.ShouldBe(scoring.Ops.ArenaLength);
        scoring.Ops.Flops.ShouldBeLessThan(training.Ops.Flops / 2.5);
    }

    [Fact]
    public void A_shared_gradient_that_a_later_op_would_spoil_is_refused()
    {
        using var team = new ThreadTeam(1);
        using var graph = new Graph(training: true);
        Tensor a = new("a", 2, 2), b = new("b", 2, 2);
        graph.Add(new Anneal.Engine.Layers.ResidualAdd("sum", a, b));
        graph.Add(new Anneal.Engine.Layers.Gelu("later", a));
        Should.Throw<InvalidOperationException>(() => graph.Allocate(team)).Message.ShouldContain("sum: the gradient of a is shared");
    }

    private static TransformerGraph Record(GraphPurpose purpose, ModelConfig shape, ThreadTeam team)
    {
        var graph = new TransformerGraph(new ParameterLayout(shape, 40), shape, 2, 16, purpose);
        graph.Ops.Allocate(team);
        return graph;
    }
}

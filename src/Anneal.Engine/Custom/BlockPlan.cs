using Anneal.Engine.Autograd;
using Anneal.Engine.Layers;
using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

/// <summary>A layer as its block wrote it down, without shapes of batches: recorded into any graph.</summary>
/// <param name="Steps">In the order of execution.</param>
/// <param name="Output">Index of the result.</param>
/// <param name="Streams">Earlier layers whose residual stream it reads.</param>
internal sealed record BlockPlan(IReadOnlyList<BlockStep> Steps, int Output, IReadOnlySet<int> Streams)
{
    /// <summary>Records the layer.</summary>
    /// <param name="graph">Graph of a batch shape.</param>
    /// <param name="x">[N, C] residual stream.</param>
    /// <param name="layer">From 0.</param>
    public Tensor Record(TransformerGraph graph, Tensor x, int layer)
    {
        var values = new Tensor[Steps.Count + 1];
        values[0] = x;
        var kept = graph.ReadsAgain(x, layer);
        foreach (var (i, step) in Steps.Index())
            values[i + 1] = step.Emit(new(graph, [.. step.Inputs.Select(At)], LastUse(step.Inputs[0], i) && !(kept && step.Inputs[0] == 0)));
        return At(Output);

        Tensor At(int node) => node < 0 ? graph.Stream(-node - 1) : values[node];
    }

    private bool LastUse(int node, int step) =>
        node >= 0 && node != Output && Steps[step].Inputs.Count(input => input == node) == 1 && !Steps.Skip(step + 1).Any(later => later.Inputs.Contains(node));
}

/// <summary>An operator of a plan; its result is node <c>index + 1</c>, node 0 the block's input, node <c>-k - 1</c> what layer k was given.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Inputs">Indices of nodes, at least one.</param>
/// <param name="Emit">Records it.</param>
internal sealed record BlockStep(string Name, IReadOnlyList<int> Inputs, Func<BlockEmission, Tensor> Emit);

/// <summary>What an operator is recorded from.</summary>
/// <param name="Graph">Graph of a batch shape.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="LastUse">Nothing later reads the first input, so that a sum may share its gradient's memory.</param>
internal readonly record struct BlockEmission(TransformerGraph Graph, Tensor[] Inputs, bool LastUse)
{
    public Tensor X => Inputs[0];

    public QkvShape Shape => Graph.Shape;
}

using Anneal.Engine.Kernels;

namespace Anneal.Engine.Models;

/// <summary>Losses of given tokens under a model, without gradients.</summary>
public sealed class Scorer : IDisposable
{
    private readonly TransformerGraph graph;
    private readonly int vocab;

    /// <summary>Prepares for batches of one shape.</summary>
    /// <param name="model">The model; must outlive the scorer. Its parameters are read anew at each call.</param>
    /// <param name="rows">Sequences of a batch, 1 or more.</param>
    /// <param name="context">Tokens of a sequence, 1 to the model's context.</param>
    /// <param name="team">Threads.</param>
    public Scorer(Transformer model, int rows, int context, ThreadTeam team)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        vocab = model.Vocab;
        Rows = rows;
        Context = context;
        graph = new(model.Layout, model.Config, rows, context, GraphPurpose.Scoring);
        graph.Ops.Allocate(team);
    }

    /// <summary>Sequences of a batch.</summary>
    public int Rows { get; }

    /// <summary>Tokens of a sequence.</summary>
    public int Context { get; }

    /// <summary>Floating-point operations of one call.</summary>
    public double Flops => graph.Ops.Flops;

    /// <summary>Scores one batch.</summary>
    /// <param name="tokens">Token ids [rows, context].</param>
    /// <param name="targets">Token to predict at each place [rows, context]; -1 is not scored.</param>
    /// <param name="nats">Loss at each place [rows, context], in nats; 0 where not scored.</param>
    /// <exception cref="ArgumentException">A span is not rows * context long, or a token id is outside the vocabulary.</exception>
    public void Score(ReadOnlySpan<int> tokens, ReadOnlySpan<int> targets, Span<float> nats)
    {
        var length = Rows * Context;
        if (tokens.Length != length || targets.Length != length || nats.Length != length)
            throw new ArgumentException($"Expected {Rows} x {Context} = {length} tokens, targets and losses; got {tokens.Length}, {targets.Length}, {nats.Length}.");
        TokenRange.Check(tokens, 0, vocab);
        TokenRange.Check(targets, -1, vocab);
        tokens.CopyTo(graph.Ids);
        targets.CopyTo(graph.Targets);
        graph.Ops.Forward();
        graph.Head!.Nats.CopyTo(nats);
    }

    /// <inheritdoc/>
    public void Dispose() => graph.Dispose();
}

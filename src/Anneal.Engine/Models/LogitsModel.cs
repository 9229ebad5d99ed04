using Anneal.Engine.Kernels;

namespace Anneal.Engine.Models;

/// <summary>Logits at every place of token rows: what a judge needs of a model whose code it will not run itself.</summary>
/// <param name="model">The model; must outlive this. Its parameters are read anew at each call.</param>
/// <param name="threads">Threads; the result does not depend on it.</param>
public sealed unsafe class LogitsModel(Transformer model, int threads = 1) : IDisposable
{
    private readonly ThreadTeam team = new(threads);
    private TransformerGraph? graph;

    /// <summary>Number of token ids.</summary>
    public int Vocab => model.Vocab;

    /// <summary>Longest row, in tokens.</summary>
    public int Context => model.Config.Context;

    /// <summary>Logits of the token after each, softcap applied, not normalised.</summary>
    /// <param name="tokens">Token ids [rows, context].</param>
    /// <param name="rows">Sequences, 1 or more; they do not see each other.</param>
    /// <param name="context">Tokens of a row, 1 to <see cref="Context"/>.</param>
    /// <param name="logits">[rows, context, vocab], to be filled.</param>
    /// <exception cref="ArgumentException">A span has another length, or a token id is outside the vocabulary.</exception>
    public void Forward(ReadOnlySpan<int> tokens, int rows, int context, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (tokens.Length != (long)rows * context || logits.Length != (long)tokens.Length * Vocab)
            throw new ArgumentException($"Expected {rows} x {context} tokens and {Vocab} logits for each; got {tokens.Length} and {logits.Length}.");
        TokenRange.Check(tokens, 0, Vocab);
        var ready = Prepare(rows, context);
        tokens.CopyTo(ready.Ids);
        ready.Ops.Forward();

        var weight = model.Layout.Operand("lm_head.weight") ?? model.Layout.Operand("model.embed_tokens.weight")!;
        var width = model.Config.Width;
        fixed (float* z = logits) MatMul.NT(ready.Hidden.Value, width, weight.Value, width, z, Vocab, tokens.Length, Vocab, width, false, team);
        if (model.Config.LogitSoftcap is > 0 and var cap)
            foreach (ref var logit in logits) logit = (float)(cap * Math.Tanh(logit / cap));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        graph?.Dispose();
        team.Dispose();
    }

    // Questions of one shape come in a row; the last graph is kept.
    private TransformerGraph Prepare(int rows, int context)
    {
        if (graph is { } last && last.Ids.Length == rows * context && last.Shape.Context == context) return last;
        graph?.Dispose();
        graph = new(model.Layout, model.Config, rows, context, GraphPurpose.Hidden);
        graph.Ops.Allocate(team);
        return graph;
    }
}

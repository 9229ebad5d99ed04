using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Models;

/// <summary>Draws a continuation from a model, one token after another. The same model, prompt and options give the same tokens.</summary>
public sealed unsafe class Sampler : IDisposable
{
    private readonly Transformer model;
    private readonly ThreadTeam team;
    private readonly TransformerGraph?[] graphs; // by power of two of the context
    private readonly NativeBuffer logits; // [V]
    private readonly int[] ranked;

    /// <summary>Prepares to sample.</summary>
    /// <param name="model">The model; must outlive the sampler.</param>
    /// <param name="team">Threads.</param>
    public Sampler(Transformer model, ThreadTeam team)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        this.team = team;
        graphs = new TransformerGraph?[32];
        logits = new(model.Vocab);
        ranked = new int[model.Vocab];
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">Token ids, at least one; of a longer one the model sees the last <c>context</c> tokens.</param>
    /// <param name="options">Temperature, top-k, seed, length, stop token.</param>
    /// <returns>The new tokens, without the stop token.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or holds an unknown token, or an option is out of range.</exception>
    public int[] Sample(ReadOnlySpan<int> prompt, SamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (prompt.IsEmpty) throw new ArgumentException("The prompt has no token; start from the end-of-text token for free text.", nameof(prompt));
        TokenRange.Check(prompt, 0, model.Vocab);
        options.Check();

        var tokens = new List<int>();
        tokens.AddRange(prompt);
        var key = CounterRandom.Key(options.Seed, "sampler");
        for (var i = 0; i < options.Tokens; i++)
        {
            Predict(tokens);
            var next = Draw(options, CounterRandom.Uniform(key, (ulong)i));
            if (next == options.StopToken) break;
            tokens.Add(next);
        }

        return [.. tokens[prompt.Length..]];
    }

    /// <summary>Logits of the token after the given ones, at least one; valid until the next call.</summary>
    public ReadOnlySpan<float> Predict(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Count, nameof(tokens));
        var length = Math.Min(tokens.Count, model.Config.Context);
        var graph = GraphFor(length);
        for (var i = 0; i < length; i++) graph.Ids[i] = tokens[tokens.Count - length + i];
        // What follows cannot be seen from the last token.
        graph.Ids.AsSpan(length).Clear();
        graph.Ops.Forward();

        var width = model.Config.Width;
        var weight = model.Layout.Operand("lm_head.weight") ?? model.Layout.Operand("model.embed_tokens.weight")!;
        MatMul.NT(graph.Hidden.Value + (long)(length - 1) * width, width, weight.Value, width, logits.Pointer, model.Vocab, 1, model.Vocab, width, false, team);
        if (model.Config.LogitSoftcap is > 0 and var cap)
            foreach (ref var logit in logits.Span) logit = (float)(cap * Math.Tanh(logit / cap));
        return logits.Span;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var graph in graphs) graph?.Dispose();
        logits.Dispose();
    }

    private TransformerGraph GraphFor(int length)
    {
        var power = 4;
        while (1 << power < length) power++;
        if (graphs[power] is { } ready) return ready;
        var graph = new TransformerGraph(model.Layout, model.Config, 1, Math.Min(1 << power, model.Config.Context), GraphPurpose.Hidden);
        graph.Ops.Allocate(team);
        return graphs[power] = graph;
    }

    private int Draw(SamplerOptions options, double uniform)
    {
        var z = logits.Span;
        for (var i = 0; i < ranked.Length; i++) ranked[i] = i;
        var kept = options.TopK is > 0 and var k && k < ranked.Length ? k : ranked.Length;
        // Ties go to the lower id, so that the order is one.
        Array.Sort(ranked, (a, b) => logits.Pointer[a] != logits.Pointer[b] ? logits.Pointer[b].CompareTo(logits.Pointer[a]) : a - b);
        if (options.Temperature == 0) return ranked[0];

        double max = z[ranked[0]], sum = 0;
        for (var i = 0; i < kept; i++) sum += Math.Exp((z[ranked[i]] - max) / options.Temperature);
        var left = uniform * sum;
        for (var i = 0; i < kept; i++)
        {
            left -= Math.Exp((z[ranked[i]] - max) / options.Temperature);
            if (left <= 0) return ranked[i];
        }

        return ranked[kept - 1];
    }
}

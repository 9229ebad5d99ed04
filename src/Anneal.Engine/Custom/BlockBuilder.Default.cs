using Anneal.Engine.Layers;
using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

public sealed partial class BlockBuilder
{
    private bool attended, fed;

    /// <summary>
    /// The recipe's attention half with its norms and its residual addition: <c>x + attention(norm(x))</c> with pre-norm. At most
    /// once a layer.
    /// </summary>
    public Node DefaultAttention(Node x)
    {
        Half(nameof(DefaultAttention), x, ref attended);
        layout.AttentionHalf(prefix);
        return Add("self_attn", Model.Width, [x], at => at.Graph.AttentionHalf(prefix, at.X, at.LastUse));
    }

    /// <summary>The recipe's feed-forward half with its norms and its residual addition: <c>x + mlp(norm(x))</c> with pre-norm. At most once a layer.</summary>
    public Node DefaultMlp(Node x)
    {
        Half(nameof(DefaultMlp), x, ref fed);
        layout.MlpHalf(prefix);
        return Add("mlp", Model.Width, [x], at => at.Graph.MlpHalf(prefix, at.X, at.LastUse));
    }

    /// <summary>Causal softmax attention with the model's heads: rotary positions and QK norm as the recipe says, or as told here.</summary>
    /// <param name="q">Queries, as wide as the model: its heads side by side.</param>
    /// <param name="k">Keys, <see cref="KvWidth"/>.</param>
    /// <param name="v">Values, <see cref="KvWidth"/>.</param>
    /// <param name="rope">Rotates queries and keys by position; null takes <c>model.position.kind</c>.</param>
    /// <param name="qkNorm">Divides query and key heads by their root mean square; null takes <c>model.qk_norm</c>.</param>
    /// <returns>As wide as <paramref name="q"/>: each head's mixture of values, not yet projected.</returns>
    public Node Attention(Node q, Node k, Node v, bool? rope = null, bool? qkNorm = null)
    {
        Expect(q, Model.Width, "queries");
        Expect(k, KvWidth, "keys");
        Expect(v, KvWidth, "values");
        var turn = rope ?? (Model.Position.Kind == PositionKind.Rope);
        var norm = qkNorm ?? Model.QkNorm;
        // The copy is attention's own: rope and QK norm work where it stands.
        return Add("attention", Model.Width, [q, k, v], at =>
            at.Graph.Attend(prefix, at.Graph.Ops.Add(new Concat(prefix + "attention.qkv", at.Inputs)).Y, turn, norm));
    }

    private void Half(string name, Node x, ref bool used)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Width != Model.Width) throw new ArgumentException($"{name}: `{x.Name}` is {x.Width} wide; expected the residual stream's {Model.Width}.");
        if (used) throw new ArgumentException($"{name} stands twice in one layer; the second needs parameters of its own: write it with Linear and Attention.");
        used = true;
    }

    private void Expect(Node node, int width, string what)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Width != width)
            throw new ArgumentException($"Attention: the {what} `{node.Name}` are {node.Width} wide; expected {width} ({width / HeadWidth} heads of {HeadWidth}).");
    }
}

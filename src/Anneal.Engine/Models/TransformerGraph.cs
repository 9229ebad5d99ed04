using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;
using Anneal.Engine.Layers;

namespace Anneal.Engine.Models;

/// <summary>The ops of a transformer at one batch shape, and the ends that callers hold: token ids in, loss or hidden states out.</summary>
internal sealed class TransformerGraph : IDisposable
{
    private readonly ModelConfig config;
    private readonly ParameterLayout layout;
    private readonly Tensor embedded;

    /// <param name="layout">Parameters; unbound ones are enough to count FLOPs.</param>
    /// <param name="config">Shape and parts.</param>
    /// <param name="sequences">B, sequences of a batch.</param>
    /// <param name="context">T, tokens of a sequence, at most the model's context.</param>
    /// <param name="purpose">What the graph computes.</param>
    /// <param name="loss">Training loss of a proposal; null takes cross-entropy.</param>
    /// <param name="meter">Counts what proposals' operators execute.</param>
    public TransformerGraph(
        ParameterLayout layout, ModelConfig config, int sequences, int context, GraphPurpose purpose, CustomLoss? loss = null, FlopMeter? meter = null)
    {
        Meter = meter ?? new();
        if (context < 1 || context > config.Context)
            throw new ArgumentOutOfRangeException(nameof(context), context, $"expected 1 to the model's context, {config.Context}");
        this.layout = layout;
        this.config = config;
        Shape = new(sequences, context, config.Heads, config.KvHeads == 0 ? config.Heads : config.KvHeads, config.Width / config.Heads);
        Ids = new int[sequences * context];
        Targets = new int[sequences * context];
        Ops = new(purpose == GraphPurpose.Training);

        var x = Ops.Add(new Embedding("embed", Ids, context, Operand("model.embed_tokens.weight"), layout.Operand("model.embed_positions.weight"))).Y;
        embedded = x;
        for (var i = 0; i < config.Layers; i++)
        {
            if (layout.Plans.Count > 0)
            {
                x = layout.Plans[i].Record(this, x, i);
                if (purpose == GraphPurpose.Training) Ops.Add(new Keep(x));
            }
            else
            {
                var layer = $"model.layers.{i}.";
                x = MlpHalf(layer, AttentionHalf(layer, x));
            }

            BlockOutputs.Add(x);
        }

        Hidden = config.Norm.Place == NormPlace.Post ? x : Norm("model.norm", x);
        if (purpose == GraphPurpose.Hidden) return;
        var head = layout.Operand("lm_head.weight") ?? Operand("model.embed_tokens.weight");
        Head = Ops.Add(new CrossEntropyHead("head", Hidden, head, Targets, config.LogitSoftcap, Ops.Training, loss));
    }

    public Graph Ops { get; }

    /// <summary>[B T] token ids, to be filled before forward.</summary>
    public int[] Ids { get; }

    /// <summary>[B T] token ids to predict; -1 is not scored.</summary>
    public int[] Targets { get; }

    /// <summary>[B T, C] states before the output projection.</summary>
    public Tensor Hidden { get; }

    /// <summary>Loss; null where the purpose is hidden states.</summary>
    public CrossEntropyHead? Head { get; }

    /// <summary>[B T, C] residual stream after each block.</summary>
    public List<Tensor> BlockOutputs { get; } = [];

    /// <summary>[B T, F] input of each block's down projection, by layer; a proposal's block may have none.</summary>
    public Dictionary<int, Tensor> Activations { get; } = [];

    /// <summary>Attention of each block, by layer; a proposal's block may have none.</summary>
    public Dictionary<int, Attention> Attentions { get; } = [];

    /// <summary>Counts what proposals' operators execute.</summary>
    public FlopMeter Meter { get; }

    /// <summary>Batch and heads.</summary>
    public QkvShape Shape { get; }

    public void Dispose() => Ops.Dispose();

    /// <summary>
    /// Pre-norm: x + attention(norm(x)), as in GPT-2 and Llama. Post-norm: norm(x + attention(x)), the first transformer.
    /// Peri-norm: x + norm(attention(norm(x))), Gemma 2.
    /// </summary>
    /// <param name="layer">First part of the names.</param>
    /// <param name="x">[N, C] residual stream.</param>
    /// <param name="last">No later op reads x, so that the sum can share its gradient's memory.</param>
    public Tensor AttentionHalf(string layer, Tensor x, bool last = true) => config.Norm.Place switch
    {
        NormPlace.Pre => Residual(layer + "attention_residual", x, last, residual => SelfAttention(layer, Norm(layer + "input_layernorm", x), residual)),
        NormPlace.Post => Norm(layer + "post_attention_layernorm", Residual(layer + "attention_residual", x, last, residual => SelfAttention(layer, x, residual))),
        _ => Add(layer + "attention_residual", x, Norm(layer + "post_attention_layernorm", SelfAttention(layer, Norm(layer + "input_layernorm", x), null)), last),
    };

    /// <summary>The feed-forward half, like <see cref="AttentionHalf"/>.</summary>
    public Tensor MlpHalf(string layer, Tensor x, bool last = true) => config.Norm.Place switch
    {
        NormPlace.Pre => Residual(layer + "mlp_residual", x, last, residual => Mlp(layer, Norm(layer + "post_attention_layernorm", x), residual)),
        NormPlace.Post => Norm(layer + "post_feedforward_layernorm", Residual(layer + "mlp_residual", x, last, residual => Mlp(layer, x, residual))),
        _ => Add(layer + "mlp_residual", x, Norm(layer + "post_feedforward_layernorm", Mlp(layer, Norm(layer + "pre_feedforward_layernorm", x), null)), last),
    };

    /// <summary>What a layer was given.</summary>
    public Tensor Stream(int layer) => layer == 0 ? embedded : BlockOutputs[layer - 1];

    /// <summary>Whether a layer or a later one reads a tensor by its layer's number.</summary>
    public bool ReadsAgain(Tensor x, int layer) =>
        Enumerable.Range(0, layer + 1).Any(k => Stream(k) == x && layout.Plans.Skip(layer).Any(plan => plan.Streams.Contains(k)));

    /// <summary>Attention over a packed qkv, which is changed where it stands.</summary>
    public Tensor Attend(string layer, Tensor qkv, bool rope, bool qkNorm)
    {
        if (rope) Ops.Add(new Rope(layer + "rope", qkv, Shape, config.Position.Theta));
        if (qkNorm) Ops.Add(new QkNorm(layer + "qk_norm", qkv, Shape));
        var attention = Ops.Add(new Attention(layer + "attention", qkv, Shape));
        Attentions.TryAdd(BlockOutputs.Count, attention);
        return attention.Y;
    }

    public Tensor Linear(string name, Tensor x, Tensor? residual = null) =>
        Ops.Add(new Linear(name, x, Operand(name + ".weight"), layout.Operand(name + ".bias"), residual)).Y;

    public Tensor Norm(string name, Tensor x) =>
        config.Norm.Kind == NormKind.Layer
            ? Ops.Add(new LayerNorm(name, x, Operand(name + ".weight"), layout.Operand(name + ".bias"))).Y
            : Ops.Add(new RmsNorm(name, x, Operand(name + ".weight"))).Y;

    public Tensor Operand(string name) => layout.Operand(name) ?? throw new InvalidOperationException($"the model has no {name}");

    private Tensor SelfAttention(string layer, Tensor x, Tensor? residual)
    {
        var qkv = Linear(layer + "self_attn.qkv", x);
        return Linear(layer + "self_attn.o_proj", Attend(layer, qkv, config.Position.Kind == PositionKind.Rope, config.QkNorm), residual);
    }

    // A residual that something else reads later is added apart.
    private Tensor Residual(string name, Tensor x, bool last, Func<Tensor?, Tensor> half) => last ? half(x) : Add(name, x, half(null), last);

    private Tensor Add(string name, Tensor a, Tensor b, bool last) => last ? Ops.Add(new ResidualAdd(name, a, b)).Y : Ops.Add(new Sum(name, a, b)).Y;

    private Tensor Mlp(string layer, Tensor x, Tensor? residual)
    {
        var hidden = config.Mlp.Kind switch
        {
            MlpKind.Gelu => Ops.Add(new Gelu(layer + "gelu", Linear(layer + "mlp.up_proj", x))).Y,
            MlpKind.Relu2 => Ops.Add(new Relu2(layer + "relu2", Linear(layer + "mlp.up_proj", x))).Y,
            _ => Ops.Add(new Swiglu(layer + "swiglu", Linear(layer + "mlp.gate_up", x))).Y,
        };
        Activations.TryAdd(BlockOutputs.Count, hidden);
        return Linear(layer + "mlp.down_proj", hidden, residual);
    }
}

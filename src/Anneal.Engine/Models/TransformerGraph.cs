using Anneal.Engine.Autograd;
using Anneal.Engine.Layers;

namespace Anneal.Engine.Models;

/// <summary>The ops of a transformer at one batch shape, and the ends that callers hold: token ids in, loss or hidden states out.</summary>
internal sealed class TransformerGraph : IDisposable
{
    private readonly ModelConfig config;
    private readonly ParameterLayout layout;
    private readonly QkvShape shape;

    /// <param name="layout">Parameters; unbound ones are enough to count FLOPs.</param>
    /// <param name="config">Shape and parts.</param>
    /// <param name="sequences">B, sequences of a batch.</param>
    /// <param name="context">T, tokens of a sequence, at most the model's context.</param>
    /// <param name="purpose">What the graph computes.</param>
    public TransformerGraph(ParameterLayout layout, ModelConfig config, int sequences, int context, GraphPurpose purpose)
    {
        if (context < 1 || context > config.Context)
            throw new ArgumentOutOfRangeException(nameof(context), context, $"expected 1 to the model's context, {config.Context}");
        this.layout = layout;
        this.config = config;
        shape = new(sequences, context, config.Heads, config.KvHeads == 0 ? config.Heads : config.KvHeads, config.Width / config.Heads);
        Ids = new int[sequences * context];
        Targets = new int[sequences * context];
        Ops = new(purpose == GraphPurpose.Training);

        var x = Ops.Add(new Embedding("embed", Ids, context, Operand("model.embed_tokens.weight"), layout.Operand("model.embed_positions.weight"))).Y;
        for (var i = 0; i < config.Layers; i++)
        {
            x = config.Norm.Place switch
            {
                NormPlace.Pre => PreBlock($"model.layers.{i}.", x),
                NormPlace.Post => PostBlock($"model.layers.{i}.", x),
                _ => PeriBlock($"model.layers.{i}.", x),
            };
            BlockOutputs.Add(x);
        }

        Hidden = config.Norm.Place == NormPlace.Post ? x : Norm("model.norm", x);
        if (purpose == GraphPurpose.Hidden) return;
        var head = layout.Operand("lm_head.weight") ?? Operand("model.embed_tokens.weight");
        Head = Ops.Add(new CrossEntropyHead("head", Hidden, head, Targets, config.LogitSoftcap, Ops.Training));
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

    /// <summary>[B T, F] input of each block's down projection.</summary>
    public List<Tensor> Activations { get; } = [];

    /// <summary>Attention of each block.</summary>
    public List<Attention> Attentions { get; } = [];

    public void Dispose() => Ops.Dispose();

    // x + attention(norm(x)), then x + mlp(norm(x)): GPT-2, Llama.
    private Tensor PreBlock(string layer, Tensor x)
    {
        x = Attend(layer, Norm(layer + "input_layernorm", x), residual: x);
        return Mlp(layer, Norm(layer + "post_attention_layernorm", x), residual: x);
    }

    // norm(x + attention(x)), then norm(x + mlp(x)): the first transformer, GPT-1.
    private Tensor PostBlock(string layer, Tensor x)
    {
        x = Norm(layer + "post_attention_layernorm", Attend(layer, x, residual: x));
        return Norm(layer + "post_feedforward_layernorm", Mlp(layer, x, residual: x));
    }

    // x + norm(attention(norm(x))), then x + norm(mlp(norm(x))): Gemma 2.
    private Tensor PeriBlock(string layer, Tensor x)
    {
        var attended = Attend(layer, Norm(layer + "input_layernorm", x), residual: null);
        x = Ops.Add(new ResidualAdd(layer + "attention_residual", x, Norm(layer + "post_attention_layernorm", attended))).Y;
        var fed = Mlp(layer, Norm(layer + "pre_feedforward_layernorm", x), residual: null);
        return Ops.Add(new ResidualAdd(layer + "mlp_residual", x, Norm(layer + "post_feedforward_layernorm", fed))).Y;
    }

    private Tensor Attend(string layer, Tensor x, Tensor? residual)
    {
        var qkv = Linear(layer + "self_attn.qkv", x);
        if (config.Position.Kind == PositionKind.Rope) Ops.Add(new Rope(layer + "rope", qkv, shape, config.Position.Theta));
        if (config.QkNorm) Ops.Add(new QkNorm(layer + "qk_norm", qkv, shape));
        var attention = Ops.Add(new Attention(layer + "attention", qkv, shape));
        Attentions.Add(attention);
        return Linear(layer + "self_attn.o_proj", attention.Y, residual);
    }

    private Tensor Mlp(string layer, Tensor x, Tensor? residual)
    {
        var hidden = config.Mlp.Kind switch
        {
            MlpKind.Gelu => Ops.Add(new Gelu(layer + "gelu", Linear(layer + "mlp.up_proj", x))).Y,
            MlpKind.Relu2 => Ops.Add(new Relu2(layer + "relu2", Linear(layer + "mlp.up_proj", x))).Y,
            _ => Ops.Add(new Swiglu(layer + "swiglu", Linear(layer + "mlp.gate_up", x))).Y,
        };
        Activations.Add(hidden);
        return Linear(layer + "mlp.down_proj", hidden, residual);
    }

    private Tensor Linear(string name, Tensor x, Tensor? residual = null) =>
        Ops.Add(new Linear(name, x, Operand(name + ".weight"), layout.Operand(name + ".bias"), residual)).Y;

    private Tensor Norm(string name, Tensor x) =>
        config.Norm.Kind == NormKind.Layer
            ? Ops.Add(new LayerNorm(name, x, Operand(name + ".weight"), layout.Operand(name + ".bias"))).Y
            : Ops.Add(new RmsNorm(name, x, Operand(name + ".weight"))).Y;

    private Tensor Operand(string name) => layout.Operand(name) ?? throw new InvalidOperationException($"the model has no {name}");
}

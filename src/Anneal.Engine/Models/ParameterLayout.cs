using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Models;

/// <summary>
/// Names, shapes and places of a model's parameters in one flat buffer. Matrices that one product uses together (q, k, v; gate,
/// up) stand row under row, so that they are one matrix to the product and separate parameters to everyone else.
/// </summary>
internal sealed unsafe class ParameterLayout
{
    private const long Alignment = 16; // floats: one cache line

    private readonly ModelConfig config;
    private readonly List<Parameter> parameters = [];
    private readonly Dictionary<string, (Tensor Tensor, long Offset)> operands = [];
    private long end;

    /// <param name="config">Shape and parts.</param>
    /// <param name="vocab">Number of token ids.</param>
    /// <param name="block">Writes every block down; null takes the configuration's.</param>
    public ParameterLayout(ModelConfig config, int vocab, CustomBlock? block = null)
    {
        ModelRules.Demand(config, vocab);
        this.config = config;
        var width = config.Width;
        var plans = new List<BlockPlan>();

        Matrix("model.embed_tokens.weight", ParameterGroup.Embedding, true, config.InitStd, width, ("model.embed_tokens.weight", vocab));
        if (config.Position.Kind == PositionKind.Learned)
            Matrix("model.embed_positions.weight", ParameterGroup.Embedding, false, config.InitStd, width, ("model.embed_positions.weight", config.Context));

        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            if (block is not null)
            {
                plans.Add(block.Plan(this, config, i));
                continue;
            }

            foreach (var norm in BlockNorms(config.Norm.Place)) Norm(layer + norm, width);
            Attention(layer);
            Mlp(layer);
        }

        Plans = plans;
        if (config.Norm.Place != NormPlace.Post) Norm("model.norm", width);
        if (!config.TieEmbeddings) Matrix("lm_head.weight", ParameterGroup.Head, true, config.InitStd, width, ("lm_head.weight", vocab));
    }

    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Every layer as a proposal's block wrote it down; empty where the blocks are the configuration's.</summary>
    public IReadOnlyList<BlockPlan> Plans { get; }

    /// <summary>Initial standard deviation of what writes into the residual stream.</summary>
    public double ResidualStd => config.ZeroInit ? 0 : config.InitStd / Math.Sqrt(2.0 * config.Layers);

    /// <summary>Floats of a flat buffer, padding included.</summary>
    public long Length => end;

    /// <summary>Number of learned numbers, without padding.</summary>
    public long Count => parameters.Sum(parameter => parameter.Tensor.Length);

    /// <summary>A matrix or vector as the ops use it, by name; null where the model has none.</summary>
    public Tensor? Operand(string name) => operands.TryGetValue(name, out var found) ? found.Tensor : null;

    /// <summary>Norms of a block in the order of use, named as in Llama (pre), OLMo 2 (post) and Gemma 2 (peri).</summary>
    public static string[] BlockNorms(NormPlace place) => place switch
    {
        NormPlace.Pre => ["input_layernorm", "post_attention_layernorm"],
        NormPlace.Post => ["post_attention_layernorm", "post_feedforward_layernorm"],
        _ => ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"],
    };

    /// <summary>Points every parameter into the buffers.</summary>
    public void BindValues(NativeBuffer values)
    {
        foreach (var parameter in parameters) parameter.Tensor.Value = values.Pointer + parameter.Offset;
        foreach (var (tensor, offset) in operands.Values) tensor.Value = values.Pointer + offset;
    }

    public void BindGrads(NativeBuffer? grads)
    {
        foreach (var parameter in parameters) parameter.Tensor.Grad = grads is null ? null : grads.Pointer + parameter.Offset;
        foreach (var (tensor, offset) in operands.Values) tensor.Grad = grads is null ? null : grads.Pointer + offset;
    }

    /// <summary>Declares what <see cref="TransformerGraph.AttentionHalf"/> uses.</summary>
    public void AttentionHalf(string layer)
    {
        foreach (var norm in HalfNorms(first: true)) Norm(layer + norm, config.Width);
        Attention(layer);
    }

    /// <summary>Declares what <see cref="TransformerGraph.MlpHalf"/> uses.</summary>
    public void MlpHalf(string layer)
    {
        foreach (var norm in HalfNorms(first: false)) Norm(layer + norm, config.Width);
        Mlp(layer);
    }

    public void Norm(string name, int columns)
    {
        Vector(name + ".weight", double.NaN, (name + ".weight", columns));
        if (config.Norm.Kind == NormKind.Layer && config.Bias) Vector(name + ".bias", 0, (name + ".bias", columns));
    }

    public void Linear(string operand, double std, int columns, bool bias, params (string Name, int Rows)[] parts)
    {
        Matrix(operand + ".weight", ParameterGroup.Matrix, true, std, columns, [.. parts.Select(part => (part.Name + ".weight", part.Rows))]);
        if (bias) Vector(operand + ".bias", 0, [.. parts.Select(part => (part.Name + ".bias", part.Rows))]);
    }

    public void Matrix(string operand, ParameterGroup group, bool decays, double std, int columns, params (string Name, int Rows)[] parts)
    {
        Operand(operand, parts.Sum(part => part.Rows), columns);
        foreach (var (name, rows) in parts)
        {
            parameters.Add(new(name, new(name, rows, columns), false, group, decays, std, end));
            end += (long)rows * columns;
        }

        Align();
    }

    public void Vector(string operand, double std, params (string Name, int Length)[] parts)
    {
        Operand(operand, 1, parts.Sum(part => part.Length));
        foreach (var (name, length) in parts)
        {
            parameters.Add(new(name, new(name, 1, length), true, ParameterGroup.Scalar, false, std, end));
            end += length;
        }

        Align();
    }

    // Norms come in the order of use, as many in each half of a block.
    private string[] HalfNorms(bool first)
    {
        var norms = BlockNorms(config.Norm.Place);
        return first ? norms[..(norms.Length / 2)] : norms[(norms.Length / 2)..];
    }

    private void Attention(string layer)
    {
        var width = config.Width;
        var kv = (config.KvHeads == 0 ? config.Heads : config.KvHeads) * (width / config.Heads);
        Linear(layer + "self_attn.qkv", config.InitStd, width, config.Bias, (layer + "self_attn.q_proj", width), (layer + "self_attn.k_proj", kv), (layer + "self_attn.v_proj", kv));
        Linear(layer + "self_attn.o_proj", ResidualStd, width, config.Bias, (layer + "self_attn.o_proj", width));
    }

    private void Mlp(string layer)
    {
        int width = config.Width, hidden = ModelRules.Hidden(config);
        if (config.Mlp.Kind == MlpKind.Swiglu)
            Linear(layer + "mlp.gate_up", config.InitStd, width, config.Bias, (layer + "mlp.gate_proj", hidden), (layer + "mlp.up_proj", hidden));
        else
            Linear(layer + "mlp.up_proj", config.InitStd, width, config.Bias, (layer + "mlp.up_proj", hidden));
        Linear(layer + "mlp.down_proj", ResidualStd, hidden, config.Bias, (layer + "mlp.down_proj", width));
    }

    private void Operand(string name, int rows, int columns)
    {
        if (!operands.TryAdd(name, (new(name, rows, columns), end)))
            throw new ArgumentException($"{name} stands twice in the model; give the second part another name.");
    }

    private void Align() => end = (end + Alignment - 1) / Alignment * Alignment;
}

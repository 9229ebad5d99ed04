using Anneal.Engine.Autograd;
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

    public ParameterLayout(ModelConfig config, int vocab)
    {
        ModelRules.Demand(config, vocab);
        this.config = config;
        int width = config.Width, headWidth = width / config.Heads, hidden = ModelRules.Hidden(config);
        var kv = (config.KvHeads == 0 ? config.Heads : config.KvHeads) * headWidth;
        var residualStd = config.ZeroInit ? 0 : config.InitStd / Math.Sqrt(2.0 * config.Layers);

        Matrix("model.embed_tokens.weight", ParameterGroup.Embedding, true, config.InitStd, width, ("model.embed_tokens.weight", vocab));
        if (config.Position.Kind == PositionKind.Learned)
            Matrix("model.embed_positions.weight", ParameterGroup.Embedding, false, config.InitStd, width, ("model.embed_positions.weight", config.Context));

        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            foreach (var norm in BlockNorms(config.Norm.Place)) Norm(layer + norm);
            Linear(layer + "self_attn.qkv", config.InitStd, width, (layer + "self_attn.q_proj", width), (layer + "self_attn.k_proj", kv), (layer + "self_attn.v_proj", kv));
            Linear(layer + "self_attn.o_proj", residualStd, width, (layer + "self_attn.o_proj", width));
            if (config.Mlp.Kind == MlpKind.Swiglu)
                Linear(layer + "mlp.gate_up", config.InitStd, width, (layer + "mlp.gate_proj", hidden), (layer + "mlp.up_proj", hidden));
            else
                Linear(layer + "mlp.up_proj", config.InitStd, width, (layer + "mlp.up_proj", hidden));
            Linear(layer + "mlp.down_proj", residualStd, hidden, (layer + "mlp.down_proj", width));
        }

        if (config.Norm.Place != NormPlace.Post) Norm("model.norm");
        if (!config.TieEmbeddings) Matrix("lm_head.weight", ParameterGroup.Head, true, config.InitStd, width, ("lm_head.weight", vocab));
    }

    public IReadOnlyList<Parameter> Parameters => parameters;

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

    private void Norm(string name)
    {
        Vector(name + ".weight", double.NaN, (name + ".weight", config.Width));
        if (config.Norm.Kind == NormKind.Layer && config.Bias) Vector(name + ".bias", 0, (name + ".bias", config.Width));
    }

    private void Linear(string operand, double std, int columns, params (string Name, int Rows)[] parts)
    {
        Matrix(operand + ".weight", ParameterGroup.Matrix, true, std, columns, [.. parts.Select(part => (part.Name + ".weight", part.Rows))]);
        if (config.Bias) Vector(operand + ".bias", 0, [.. parts.Select(part => (part.Name + ".bias", part.Rows))]);
    }

    private void Matrix(string operand, ParameterGroup group, bool decays, double std, int columns, params (string Name, int Rows)[] parts)
    {
        operands.Add(operand, (new(operand, parts.Sum(part => part.Rows), columns), end));
        foreach (var (name, rows) in parts)
        {
            parameters.Add(new(name, new(name, rows, columns), false, group, decays, std, end));
            end += (long)rows * columns;
        }

        Align();
    }

    private void Vector(string operand, double std, params (string Name, int Length)[] parts)
    {
        operands.Add(operand, (new(operand, 1, parts.Sum(part => part.Length)), end));
        foreach (var (name, length) in parts)
        {
            parameters.Add(new(name, new(name, 1, length), true, ParameterGroup.Scalar, false, std, end));
            end += length;
        }

        Align();
    }

    private void Align() => end = (end + Alignment - 1) / Alignment * Alignment;
}

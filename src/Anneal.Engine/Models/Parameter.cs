using Anneal.Engine.Autograd;

namespace Anneal.Engine.Models;

/// <summary>A learned tensor of a model: a window into the model's flat buffers.</summary>
public sealed unsafe class Parameter
{
    internal Parameter(string name, Tensor tensor, bool vector, ParameterGroup group, bool decays, double std, long offset)
    {
        Name = name;
        Tensor = tensor;
        Shape = vector ? [tensor.Columns] : [tensor.Rows, tensor.Columns];
        Group = group;
        Decays = decays;
        InitStd = std;
        Offset = offset;
    }

    /// <summary>Dotted name as in Hugging Face's Llama: <c>model.layers.0.self_attn.q_proj.weight</c>.</summary>
    public string Name { get; }

    /// <summary>[out, in] for matrices, as in PyTorch; [n] for gains and biases.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>What the optimizer treats it as.</summary>
    public ParameterGroup Group { get; }

    /// <summary>Weight decay applies: matrices but position tables.</summary>
    public bool Decays { get; }

    /// <summary>Number of elements.</summary>
    public int Length => checked((int)Tensor.Length);

    /// <summary>The elements, row-major. Writable; valid as long as the model lives.</summary>
    public Span<float> Value => Tensor.Values;

    /// <summary>The gradient of the last step's mean loss, before clipping; empty in a model that is not being trained.</summary>
    public Span<float> Grad => Tensor.Grad == null ? [] : Tensor.Grads;

    /// <summary>Part of the model for statistics: <c>embedding</c>, <c>block.0</c>, <c>head</c>.</summary>
    public string Block
    {
        get
        {
            const string Layers = "model.layers.";
            if (Name.StartsWith(Layers)) return "block." + Name[Layers.Length..Name.IndexOf('.', Layers.Length)];
            return Name.StartsWith("model.embed") ? "embedding" : "head";
        }
    }

    internal Tensor Tensor { get; }

    /// <summary>Standard deviation of the initial draws; 0: zeros; NaN: ones.</summary>
    internal double InitStd { get; }

    /// <summary>Place in the flat buffers.</summary>
    internal long Offset { get; }
}

/// <summary>What the optimizer treats a parameter as.</summary>
public enum ParameterGroup
{
    /// <summary>Token and position embeddings, and with them a tied head.</summary>
    Embedding,

    /// <summary>An untied output projection.</summary>
    Head,

    /// <summary>Hidden matrices.</summary>
    Matrix,

    /// <summary>Gains and biases.</summary>
    Scalar,
}

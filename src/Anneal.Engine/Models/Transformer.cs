using Anneal.Engine.Custom;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Models;

/// <summary>A decoder-only transformer: its configuration and its parameters, in one flat buffer.</summary>
public sealed unsafe class Transformer : IDisposable
{
    private readonly ParameterLayout layout;
    private readonly NativeBuffer values;
    private NativeBuffer? grads;

    /// <summary>Builds and initialises a model.</summary>
    /// <param name="config">Shape and parts.</param>
    /// <param name="vocab">Number of token ids, 2 to 65536.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentException">The configuration breaks a rule of <see cref="ModelRules"/>.</exception>
    public Transformer(ModelConfig config, int vocab, long seed)
        : this(config, vocab, seed, null)
    {
    }

    /// <summary>Builds and initialises a model whose blocks a proposal wrote.</summary>
    /// <param name="config">Shape and parts.</param>
    /// <param name="vocab">Number of token ids, 2 to 65536.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="block">Writes every block down; null takes the configuration's.</param>
    /// <exception cref="ArgumentException">The configuration breaks a rule of <see cref="ModelRules"/>, or the block is unsound.</exception>
    public Transformer(ModelConfig config, int vocab, long seed, CustomBlock? block)
        : this(config, vocab, block)
    {
        foreach (var parameter in Parameters) Initialize(parameter, seed);
    }

    /// <summary>A model whose parameters are all zero, to be filled.</summary>
    internal Transformer(ModelConfig config, int vocab, CustomBlock? block)
    {
        Config = config;
        Vocab = vocab;
        layout = new(config, vocab, block);
        values = new(layout.Length);
        layout.BindValues(values);
    }

    /// <summary>Shape and parts.</summary>
    public ModelConfig Config { get; }

    /// <summary>Number of token ids.</summary>
    public int Vocab { get; }

    /// <summary>All learned tensors, in a fixed order.</summary>
    public IReadOnlyList<Parameter> Parameters => layout.Parameters;

    /// <summary>Number of learned numbers; a tied matrix counts once.</summary>
    public long ParameterCount => layout.Count;

    internal ParameterLayout Layout => layout;

    internal NativeBuffer Values => values;

    /// <summary>Flat gradients, laid out like <see cref="Values"/>; allocated on first use.</summary>
    internal NativeBuffer Grads
    {
        get
        {
            if (grads is null)
            {
                grads = new(layout.Length);
                layout.BindGrads(grads);
            }

            return grads;
        }
    }

    /// <summary>Frees the parameters; graphs, scorers and trainers of this model are unusable afterwards.</summary>
    public void Dispose()
    {
        values.Dispose();
        grads?.Dispose();
    }

    /// <summary>
    /// Element [row, column] depends on the seed, the parameter's name and its place alone: two models that differ in width,
    /// depth or parts share every draw that they have in common.
    /// </summary>
    private static void Initialize(Parameter parameter, long seed)
    {
        if (double.IsNaN(parameter.InitStd)) parameter.Value.Fill(1);
        if (!(parameter.InitStd > 0)) return;

        var key = CounterRandom.Key(seed, parameter.Name);
        var tensor = parameter.Tensor;
        for (var row = 0; row < tensor.Rows; row++)
        {
            var target = tensor.Value + (long)row * tensor.Columns;
            for (var column = 0; column < tensor.Columns; column++)
                target[column] = (float)(parameter.InitStd * CounterRandom.Gaussian(key, ((ulong)row << 20) | (uint)column));
        }
    }
}

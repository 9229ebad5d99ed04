using Anneal.Engine.Autograd;
using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

/// <summary>
/// The operators that a block is written with. Each counts its floating-point operations, has its derivative, and sees no later
/// token. Names of learned parts become parameter names: <c>gate</c> in layer 3 is <c>model.layers.3.gate.weight</c>, whose initial
/// values follow from the seed, that name and the place alone.
/// </summary>
public sealed partial class BlockBuilder
{
    private const int MostNodes = 256, WidestNode = 65_536;

    private readonly ParameterLayout layout;
    private readonly int layer;
    private readonly string prefix;
    private readonly List<BlockStep> steps = [];
    private readonly List<Node> nodes = [];
    private readonly HashSet<CustomOp> ops = [];
    private readonly HashSet<string> learned = new(StringComparer.Ordinal);

    internal BlockBuilder(ParameterLayout layout, ModelConfig config, int layer)
    {
        this.layout = layout;
        Model = config;
        this.layer = layer;
        prefix = $"model.layers.{layer}.";
        Input = new(this, 0, "the block's input", config.Width);
        nodes.Add(Input);
    }

    /// <summary>The recipe's <c>model</c> section, so that its settings stay tunable.</summary>
    public ModelConfig Model { get; }

    /// <summary>Width of a head.</summary>
    public int HeadWidth => Model.Width / Model.Heads;

    /// <summary>Width of all key heads side by side, and of all value heads.</summary>
    public int KvWidth => (Model.KvHeads == 0 ? Model.Heads : Model.KvHeads) * HeadWidth;

    /// <summary>Hidden width of the recipe's feed-forward half.</summary>
    public int HiddenWidth => ModelRules.Hidden(Model);

    /// <summary>The residual stream as an earlier layer was given it: 0 is the embedding. For connections that pass layers by.</summary>
    /// <param name="layer">0 to this layer, which gives the block's own input.</param>
    public Node Stream(int layer)
    {
        if (layer < 0 || layer > this.layer) throw new ArgumentOutOfRangeException(nameof(layer), layer, $"layer {this.layer} can read the streams 0 to {this.layer}");
        return layer == this.layer ? Input : new(this, -layer - 1, $"stream {layer}", Model.Width);
    }

    internal Node Input { get; }

    /// <summary>Ends the layer: its result and everything on the way to it.</summary>
    internal BlockPlan Finish(Node output)
    {
        var result = Own(output, "Build");
        if (output.Width != Model.Width)
            throw new ArgumentException($"Build returns `{output.Name}`, {output.Width} wide; expected the residual stream's {Model.Width}.");
        var used = steps.SelectMany(step => step.Inputs).Append(result).ToHashSet();
        if (nodes.FirstOrDefault(node => !used.Contains(node.Index)) is { } idle)
            throw new ArgumentException($"`{idle.Name}` leads to nothing: every node must lead to the one that Build returns. Use it or leave it out.");
        return new(steps, result, steps.SelectMany(step => step.Inputs).Append(result).Where(node => node < 0).Select(node => -node - 1).ToHashSet());
    }

    private Node Add(string name, int width, Node[] inputs, Func<BlockEmission, Tensor> emit)
    {
        if (steps.Count >= MostNodes) throw new ArgumentException($"A block of more than {MostNodes} operators; expected fewer.");
        if (width is < 1 or > WidestNode) throw new ArgumentException($"`{name}` would be {width} wide; expected 1 to {WidestNode}.");
        steps.Add(new(prefix + name, [.. inputs.Select(input => Own(input, name))], emit));
        nodes.Add(new(this, steps.Count, name, width));
        return nodes[^1];
    }

    private int Own(Node node, string user)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Owner == this ? node.Index : throw new ArgumentException($"`{node.Name}` is a node of another layer; `{user}` can use nodes of its own only.");
    }

    private string Learned(string name) =>
        learned.Add(Sound(name)) ? prefix + name : throw new ArgumentException($"`{name}` names two learned parts of one layer; give the second another name.");

    private static string Sound(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var sound = name.Length is > 0 and <= 64 && char.IsAsciiLetterLower(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.');
        return sound ? name : throw new ArgumentException($"`{name}` names a learned part; expected 1 to 64 lower-case letters, digits, underscores and dots, a letter first: `gate_proj`.");
    }

    private static void SameWidth(string name, Node a, Node b)
    {
        if (a.Width != b.Width) throw new ArgumentException($"{name}: `{a.Name}` is {a.Width} wide, `{b.Name}` {b.Width}; expected the same width.");
    }
}

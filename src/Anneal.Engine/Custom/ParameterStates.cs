using Anneal.Engine.Models;

namespace Anneal.Engine.Custom;

/// <summary>Where an optimizer declares what it keeps of one parameter.</summary>
public sealed class ParameterStates
{
    private readonly List<(string Name, int[] Shape)> declared = [];

    internal ParameterStates(Parameter parameter) => (Parameter, Name) = (parameter, parameter.Name);

    /// <summary>Dotted name: <c>model.layers.0.self_attn.q_proj.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Rows of the parameter; 1 for gains and biases.</summary>
    public int Rows => Parameter.Tensor.Rows;

    /// <summary>Columns of the parameter.</summary>
    public int Columns => Parameter.Tensor.Columns;

    /// <summary>Embedding, head, hidden matrix, or gain and bias.</summary>
    public ParameterGroup Group => Parameter.Group;

    internal Parameter Parameter { get; }

    internal IReadOnlyList<(string Name, int[] Shape)> Declared => declared;

    /// <summary>Declares a state of the parameter's shape.</summary>
    /// <param name="name">Its name in a checkpoint: letters, digits, underscores.</param>
    public void Like(string name) => Add(name, [.. Parameter.Shape]);

    /// <summary>Declares a matrix of another shape: factors, second moments of rows.</summary>
    /// <param name="name">Its name in a checkpoint: letters, digits, underscores.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="columns">1 or more.</param>
    public void Matrix(string name, int rows, int columns) => Add(name, [rows, columns]);

    private void Add(string name, int[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ArgumentException($"State `{name}` of {Name}: expected 1 to 64 letters, digits and underscores.");
        if (declared.Exists(state => state.Name == name)) throw new ArgumentException($"State `{name}` of {Name} is declared twice.");
        if (shape.Any(side => side < 1) || shape.Aggregate(1L, (product, side) => product * side) > int.MaxValue)
            throw new ArgumentException($"State `{name}` of {Name} is [{string.Join(", ", shape)}]; expected positive sides and fewer than 2^31 elements.");
        declared.Add((name, shape));
    }
}

namespace Anneal.Lab;

/// <summary>One dimension of the search.</summary>
/// <param name="Key">Recipe key, for example <c>optimizer.lr</c>.</param>
/// <param name="Type">Real, whole, or one of <paramref name="Values"/>.</param>
/// <param name="Min">Least value (numeric).</param>
/// <param name="Max">Greatest value (numeric).</param>
/// <param name="Log">Searched on a logarithmic scale.</param>
/// <param name="Values">Choices (categorical), as YAML scalars.</param>
public sealed record Knob(string Key, KnobType Type, double Min, double Max, bool Log, IReadOnlyList<string> Values);

/// <summary>Type of a knob.</summary>
public enum KnobType
{
    /// <summary>A real number.</summary>
    Float,

    /// <summary>A whole number.</summary>
    Int,

    /// <summary>One of a list.</summary>
    Choice,
}

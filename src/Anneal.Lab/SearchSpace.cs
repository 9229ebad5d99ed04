namespace Anneal.Lab;

/// <summary>Numeric and categorical knobs, and the ideas that are allowed.</summary>
public sealed record SearchSpace
{
    /// <summary>Knobs by recipe key, in the file's order.</summary>
    public IReadOnlyList<Knob> Knobs { get; init; } = [];

    /// <summary>Only these ideas of the library; empty means all.</summary>
    public IReadOnlyList<string> AllowIdeas { get; init; } = [];

    /// <summary>Ideas that are barred.</summary>
    public IReadOnlyList<string> BarIdeas { get; init; } = [];
}

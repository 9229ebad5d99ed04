using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>What a model makes of an incident.</summary>
/// <param name="Cause">Where the cause lies.</param>
/// <param name="Confidence">In the cause, 0 to 1.</param>
/// <param name="Action">The one thing it would do; <see cref="IncidentAction.None"/> for nothing.</param>
/// <param name="Value">How much of it; null where the action takes no number.</param>
/// <param name="Explanation">Why, in its words.</param>
public sealed record Advice(Cause Cause, double Confidence, IncidentAction Action, double? Value, string Explanation)
{
    /// <summary>Actions and the numbers that they take: the closed list.</summary>
    public static IReadOnlyDictionary<IncidentAction, (double Low, double High, string Meaning)?> Bounds { get; } = new Dictionary<IncidentAction, (double, double, string)?>
    {
        [IncidentAction.None] = null,
        [IncidentAction.Skip] = (1, 64, "steps to skip"),
        [IncidentAction.Rewind] = null,
        [IncidentAction.ScaleLr] = (0.05, 1, "factor on the learning rate"),
        [IncidentAction.Clip] = (0.05, 10, "largest gradient norm"),
        [IncidentAction.Stop] = null,
        [IncidentAction.Restart] = null,
    };

    /// <summary>The action as the ledger keeps it: <c>scale_lr 0.5</c>; null for none.</summary>
    public string? Words => Action == IncidentAction.None ? null : Value is { } value ? $"{Snake(Action)} {value:G6}" : Snake(Action);

    /// <summary>What is wrong with the action's number; null where all is right.</summary>
    public string? Problem => (Bounds[Action], Value) switch
    {
        (null, null) or (null, 0) => null,
        (null, { } value) => $"input.value is {value}: {Snake(Action)} takes none; leave it null",
        ({ } bounds, null) => $"input.value is missing: {Snake(Action)} needs {bounds.Meaning}, {bounds.Low} to {bounds.High}",
        ({ } bounds, { } value) when !(value >= bounds.Low && value <= bounds.High) => $"input.value is {value}: {Snake(Action)} takes {bounds.Meaning}, {bounds.Low} to {bounds.High}",
        _ => null,
    };

    /// <summary>A value of an enum as the protocol writes it.</summary>
    public static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

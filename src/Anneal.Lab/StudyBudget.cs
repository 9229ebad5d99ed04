using System.Text.Json.Serialization;

namespace Anneal.Lab;

/// <summary>Hard limits; 0 or null means none.</summary>
public sealed record StudyBudget
{
    /// <summary>Counted training FLOPs over all runs, the sealed comparison included.</summary>
    public double? Flops { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Dollars for a language model.</summary>
    public double? Usd { get; init; }

    /// <summary>Runs of a subject's command, failed ones and the final comparison included.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Runs { get; init; }

    /// <summary>Most experiments that are proposed.</summary>
    public int Experiments { get; init; } = 100;
}

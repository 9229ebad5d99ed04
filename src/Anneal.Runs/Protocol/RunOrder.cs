using System.Text.Json;
using Anneal.Runs.Recipes;

namespace Anneal.Runs.Protocol;

/// <summary>What a worker is told to train: <c>order.json</c> in the run's directory. It never changes once written.</summary>
public sealed record RunOrder
{
    /// <summary>The run's recipe. In the file: dotted keys, so that a worker needs no YAML.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Folder with <c>train.bin</c>, <c>tokenizer.json</c> and <c>domains.json</c>; absolute.</summary>
    public required string TrainDirectory { get; init; }

    /// <summary>Vocabulary of the tokenizer, end-of-text included.</summary>
    public required int Vocab { get; init; }

    /// <summary>Steps of the whole run; null takes them from the recipe's budget.</summary>
    public int? Steps { get; init; }

    /// <summary>Threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Steps between saved states; 0 saves at the end (and when interrupted) only.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>How many of the newest saved states are kept; at least 1.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>The worker ends when its standard input does: its parent is gone.</summary>
    public bool Lease { get; init; }

    /// <summary>Whether an incident that calls for it stops the run, or is only written down.</summary>
    public MonitorPolicy Policy { get; init; } = MonitorPolicy.Stop;

    /// <summary>Learning curve to beat, same data order, for the hopeless detector; empty for none. See <see cref="LossCurve"/>.</summary>
    public IReadOnlyList<ReferencePoint> Reference { get; init; } = [];

    /// <summary>Steps between block statistics; 0 leaves them out.</summary>
    public int BlockStatisticsEvery { get; init; } = 20;

    /// <summary>Compiled proposals that the recipe's <c>code</c> names; null for a recipe without.</summary>
    public CodeOrder? Code { get; init; }

    /// <summary>Reads <c>order.json</c>. Missing or malformed: <see cref="InputException"/>.</summary>
    public static RunOrder Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ProtocolJson.Default.RunOrder) ?? throw new InputException(path, "holds null: expected a run's order");
        }
        catch (JsonException e)
        {
            throw new InputException(path, (int)(e.LineNumber ?? -1) + 1, (int)(e.BytePositionInLine ?? 0) + 1, $"is no run's order: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>The content of <c>order.json</c>.</summary>
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.RunOrder);
}

/// <summary>What follows from an incident.</summary>
public enum MonitorPolicy
{
    /// <summary>It is written down.</summary>
    Observe,

    /// <summary>
    /// It is written down, and one of severity <see cref="Severity.Act"/> stops the run. For runs that are compared: a repaired run is no
    /// longer the recipe that it was to measure.
    /// </summary>
    Stop,

    /// <summary>Bounded repairs first, where the trainer can do them; else the run is stopped.</summary>
    Act,
}

/// <summary>A point of a learning curve.</summary>
/// <param name="Tokens">Tokens trained on at the end of the bin.</param>
/// <param name="Loss">Mean train loss in the bin, nats a token.</param>
public readonly record struct ReferencePoint(long Tokens, double Loss);

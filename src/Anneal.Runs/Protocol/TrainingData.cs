using System.Text.Json;
using Anneal.Engine.Shards;

namespace Anneal.Runs.Protocol;

/// <summary>Opens the text that a run trains on, in the order that its recipe asks for.</summary>
internal static class TrainingData
{
    /// <summary>The stream over <c>train.bin</c>; weights come from the mixture, a domain that it does not name keeps weight 1.</summary>
    public static (Shard Shard, TokenStream Stream) Open(RunOrder order)
    {
        var path = Path.Combine(order.TrainDirectory, "train.bin");
        try
        {
            var shard = Shard.Open(path);
            return (shard, new TokenStream(shard, order.Recipe.Data.OrderSeed ?? order.Recipe.Seed, Weights(order), order.Vocab - 1));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException)
        {
            throw new InputException(path, e.Message);
        }
    }

    private static float[]? Weights(RunOrder order)
    {
        var mixture = order.Recipe.Data.Mixture;
        if (mixture.Count == 0) return null;
        var path = Path.Combine(order.TrainDirectory, "domains.json");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var domains = json.RootElement.GetProperty("domains").EnumerateArray().Select(d => d.GetString()!).ToArray();
            foreach (var name in mixture.Keys)
                if (!domains.Contains(name, StringComparer.Ordinal)) throw new InputException("recipe", $"`data.mixture` names the domain `{name}`, which the corpus lacks; {NearestWord.Hint(name, domains)}");
            return [.. json.RootElement.GetProperty("documents").GetProperty("train").EnumerateArray().Select(d => (float)mixture.GetValueOrDefault(domains[d.GetInt32()], 1))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InputException(path, $"cannot be read: {e.Message}; prepare the corpus again");
        }
    }
}

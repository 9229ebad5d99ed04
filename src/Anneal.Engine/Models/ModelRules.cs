namespace Anneal.Engine.Models;

/// <summary>Which model configurations can be built.</summary>
public static class ModelRules
{
    /// <summary>Every rule that the configuration breaks; empty when it can be built.</summary>
    /// <param name="model">Shape and parts.</param>
    /// <param name="vocab">Number of token ids.</param>
    public static IReadOnlyList<ConfigError> Check(ModelConfig model, int vocab)
    {
        ArgumentNullException.ThrowIfNull(model);
        var errors = new List<ConfigError>();
        Range("layers", model.Layers, 1, 64);
        Range("width", model.Width, 2, 16_384);
        Range("heads", model.Heads, 1, 256);
        Range("context", model.Context, 1, 65_536);
        if (vocab is < 2 or > 65_536) errors.Add(new("vocab", $"{vocab} token ids; expected 2 to 65536 (shards hold 16 bits a token)."));

        if (model.Heads >= 1 && model.Width >= 2 && (model.Width % model.Heads != 0 || model.Width / model.Heads % 2 != 0))
            errors.Add(new("width", $"{model.Width} does not split into {model.Heads} heads of even width; the nearest width is {NearestWidth(model)}."));
        if (model.KvHeads < 0 || (model.KvHeads > 0 && model.Heads >= 1 && model.Heads % model.KvHeads != 0))
            errors.Add(new("kv_heads", $"{model.KvHeads} does not divide heads = {model.Heads}; 0 means as many as heads."));

        Within("mlp.ratio", model.Mlp.Ratio, 0.01, 64);
        if (model.Width >= 2 && Hidden(model) < 1) errors.Add(new("mlp.ratio", $"{model.Mlp.Ratio} leaves no hidden unit at width {model.Width}."));
        Within("logit_softcap", model.LogitSoftcap, 0, 1e4);
        Within("init_std", model.InitStd, 0, 10);
        if (!(model.Position.Theta > 1) || !double.IsFinite(model.Position.Theta))
            errors.Add(new("position.theta", $"{model.Position.Theta}; expected more than 1, usually 10000."));
        return errors;

        void Range(string key, int value, int low, int high)
        {
            if (value < low || value > high) errors.Add(new(key, $"{value}; expected {low} to {high}."));
        }

        void Within(string key, double value, double low, double high)
        {
            if (!(value >= low && value <= high)) errors.Add(new(key, $"{value}; expected {low} to {high}."));
        }
    }

    /// <summary>Hidden width of the feed-forward half.</summary>
    internal static int Hidden(ModelConfig model) =>
        model.Mlp.Kind == MlpKind.Swiglu
            ? (int)Math.Round(model.Mlp.Ratio * model.Width * 2 / 3 / 16) * 16
            : (int)Math.Round(model.Mlp.Ratio * model.Width);

    /// <summary>Throws the first broken rule.</summary>
    internal static void Demand(ModelConfig model, int vocab)
    {
        if (Check(model, vocab) is [var first, ..]) throw new ArgumentException($"model.{first.Key}: {first.Message}");
    }

    private static int NearestWidth(ModelConfig model)
    {
        var unit = 2 * model.Heads;
        return Math.Max(unit, (int)Math.Round((double)model.Width / unit) * unit);
    }
}

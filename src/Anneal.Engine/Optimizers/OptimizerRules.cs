using Anneal.Engine.Models;

namespace Anneal.Engine.Optimizers;

/// <summary>Which optimizer constants make sense.</summary>
public static class OptimizerRules
{
    /// <summary>Every rule that the configuration breaks; empty when it can be used.</summary>
    public static IReadOnlyList<ConfigError> Check(OptimizerConfig optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var errors = new List<ConfigError>();
        Within("lr", optimizer.Lr, 0, 100);
        Within("adam_lr", optimizer.AdamLr, 0, 100);
        Fraction("betas.0", optimizer.Betas.First);
        Fraction("betas.1", optimizer.Betas.Second);
        Fraction("momentum", optimizer.Momentum);
        Within("eps", optimizer.Eps, 1e-30, 1);
        Within("weight_decay", optimizer.WeightDecay, 0, 100);
        Within("clip", optimizer.Clip, 0, 1e6);
        Within("groups.embedding", optimizer.Groups.Embedding, 0, 1e4);
        Within("groups.head", optimizer.Groups.Head, 0, 1e4);
        Within("groups.scalar", optimizer.Groups.Scalar, 0, 1e4);
        return errors;

        void Within(string key, double value, double low, double high)
        {
            if (!(value >= low && value <= high)) errors.Add(new(key, $"{value}; expected {low} to {high}."));
        }

        void Fraction(string key, double value)
        {
            if (!(value >= 0 && value < 1)) errors.Add(new(key, $"{value}; expected 0 or more and less than 1."));
        }
    }
}

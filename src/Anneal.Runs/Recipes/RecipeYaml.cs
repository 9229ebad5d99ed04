using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;

namespace Anneal.Runs.Recipes;

/// <summary>The canonical text of a recipe, and its hash.</summary>
public static class RecipeYaml
{
    /// <summary>Canonical YAML: every key in the table's order, defaults too. <see cref="RecipeFile.Parse"/> gives the same recipe back.</summary>
    public static string ToYaml(this Recipe recipe)
    {
        var text = new StringBuilder();
        string[] open = [];
        foreach (var key in RecipeKeys.Written(recipe))
        {
            var words = key.Name.Split('.');
            var isItem = char.IsAsciiDigit(words[^1][0]);
            if (isItem && words[^1] != "0")
            {
                text.Insert(text.Length - 2, $", {key.Get(recipe)}");
                continue;
            }
            var sections = isItem ? words[..^2] : words[..^1];
            for (var depth = sections.AsSpan().CommonPrefixLength(open); depth < sections.Length; depth++)
                text.Append(' ', depth * 2).Append(sections[depth]).Append(":\n");
            open = sections;
            text.Append(' ', sections.Length * 2).Append(words[sections.Length]).Append(": ");
            text.Append(isItem ? $"[{key.Get(recipe)}]" : Quote(key.Get(recipe), key.Name == "data.corpus")).Append('\n');
            if (key.Name == "data.batch_tokens") AppendMixture(text, recipe.Data.Mixture);
        }
        return text.ToString();
    }

    /// <summary>
    /// SHA-256 (hex) of the canonical YAML, blind to seeds and to settings that this recipe never reads (a rotary base
    /// without rotary positions, Muon's momentum under AdamW), so that two recipes that run alike are one.
    /// </summary>
    public static string Identity(this Recipe recipe) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WithoutIdleSettings(recipe).ToYaml())));

    private static Recipe WithoutIdleSettings(Recipe recipe)
    {
        var idle = new Recipe();
        var (model, optimizer) = (recipe.Model, recipe.Optimizer);
        return recipe with
        {
            Seed = idle.Seed,
            Data = recipe.Data with { OrderSeed = null },
            Tokenizer = recipe.Tokenizer.Kind == TokenizerKind.Bytes ? new TokenizerConfig { Kind = TokenizerKind.Bytes } : recipe.Tokenizer,
            Schedule = recipe.Schedule.Kind == ScheduleKind.Wsd ? recipe.Schedule : recipe.Schedule with { Decay = idle.Schedule.Decay },
            Model = model with
            {
                KvHeads = model.KvHeads == 0 ? model.Heads : model.KvHeads,
                Position = model.Position.Kind == PositionKind.Rope ? model.Position : model.Position with { Theta = idle.Model.Position.Theta },
            },
            Optimizer = optimizer.Kind == OptimizerKind.Muon
                ? optimizer
                : optimizer with { AdamLr = idle.Optimizer.AdamLr, Momentum = idle.Optimizer.Momentum },
        };
    }

    private static void AppendMixture(StringBuilder text, IReadOnlyDictionary<string, double> mixture)
    {
        text.Append(mixture.Count == 0 ? "  mixture: {}\n" : "  mixture:\n");
        foreach (var (domain, weight) in mixture.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.Append("    ").Append(Quote(domain, true)).Append(": ").Append(RecipeKeys.Weight.Write(weight)).Append('\n');
    }

    // Words of letters, digits and a few marks stand as they are; other free text is double-quoted.
    private static string Quote(string value, bool free)
    {
        if (!free) return value;
        var plain = value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            && value.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n");
        if (plain) return value;
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') text.Append('\\').Append((char)rune.Value);
            else if (rune.Value is >= 0x20 and < 0x7F) text.Append((char)rune.Value);
            else text.Append("\\U").Append(rune.Value.ToString("X8", CultureInfo.InvariantCulture));
        }
        return text.Append('"').ToString();
    }
}

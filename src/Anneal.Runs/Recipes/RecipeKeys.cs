using Anneal.Data.Tokenizer;
using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Training;
using Anneal.Runs.Yaml;

namespace Anneal.Runs.Recipes;

/// <summary>Every scalar key of a recipe, in canonical order. Reading, writing, overriding and searching all go through this table.</summary>
public static class RecipeKeys
{
    /// <summary>The one section of free names: weight by domain.</summary>
    internal const string Mixture = "data.mixture";

    /// <summary>Weight of a domain.</summary>
    internal static readonly Scalar<double> Weight = Scalar.Real(0);

    private static readonly Dictionary<string, RecipeKey> Named;

    static RecipeKeys()
    {
        All =
        [
            Model("layers", Scalar.Int(1, 64), m => m.Layers, (m, v) => m with { Layers = v }),
            Model("width", Scalar.Int(1, 16384), m => m.Width, (m, v) => m with { Width = v }),
            Model("heads", Scalar.Int(1, 256), m => m.Heads, (m, v) => m with { Heads = v }),
            Model("kv_heads", Scalar.Int(0, 256), m => m.KvHeads, (m, v) => m with { KvHeads = v }),
            Model("context", Scalar.Int(1, 65536), m => m.Context, (m, v) => m with { Context = v }),
            Model("mlp.kind", Scalar.Choice<MlpKind>(), m => m.Mlp.Kind, (m, v) => m with { Mlp = m.Mlp with { Kind = v } }),
            Model("mlp.ratio", Scalar.Real(0, 64, aboveMin: true), m => m.Mlp.Ratio, (m, v) => m with { Mlp = m.Mlp with { Ratio = v } }),
            Model("norm.kind", Scalar.Choice<NormKind>(), m => m.Norm.Kind, (m, v) => m with { Norm = m.Norm with { Kind = v } }),
            Model("norm.place", Scalar.Choice<NormPlace>(), m => m.Norm.Place, (m, v) => m with { Norm = m.Norm with { Place = v } }),
            Model("position.kind", Scalar.Choice<PositionKind>(), m => m.Position.Kind, (m, v) => m with { Position = m.Position with { Kind = v } }),
            Model("position.theta", Scalar.Real(1), m => m.Position.Theta, (m, v) => m with { Position = m.Position with { Theta = v } }),
            Model("qk_norm", Scalar.Flag, m => m.QkNorm, (m, v) => m with { QkNorm = v }),
            Model("logit_softcap", Scalar.Real(0), m => m.LogitSoftcap, (m, v) => m with { LogitSoftcap = v }),
            Model("tie_embeddings", Scalar.Flag, m => m.TieEmbeddings, (m, v) => m with { TieEmbeddings = v }),
            Model("bias", Scalar.Flag, m => m.Bias, (m, v) => m with { Bias = v }),
            Model("zero_init", Scalar.Flag, m => m.ZeroInit, (m, v) => m with { ZeroInit = v }),
            Model("init_std", Scalar.Real(0, 10, aboveMin: true), m => m.InitStd, (m, v) => m with { InitStd = v }),

            Optimizer("kind", Scalar.Choice<OptimizerKind>(), o => o.Kind, (o, v) => o with { Kind = v }),
            Optimizer("lr", Scalar.Real(0, 100), o => o.Lr, (o, v) => o with { Lr = v }),
            Optimizer("adam_lr", Scalar.Real(0, 100), o => o.AdamLr, (o, v) => o with { AdamLr = v }),
            Optimizer("betas.0", Scalar.Real(0, 1, belowMax: true), o => o.Betas.First, (o, v) => o with { Betas = o.Betas with { First = v } }),
            Optimizer("betas.1", Scalar.Real(0, 1, belowMax: true), o => o.Betas.Second, (o, v) => o with { Betas = o.Betas with { Second = v } }),
            Optimizer("eps", Scalar.Real(0, 1, aboveMin: true), o => o.Eps, (o, v) => o with { Eps = v }),
            Optimizer("momentum", Scalar.Real(0, 1, belowMax: true), o => o.Momentum, (o, v) => o with { Momentum = v }),
            Optimizer("weight_decay", Scalar.Real(0, 100), o => o.WeightDecay, (o, v) => o with { WeightDecay = v }),
            Optimizer("clip", Scalar.Real(0), o => o.Clip, (o, v) => o with { Clip = v }),
            Optimizer("groups.embedding", Scalar.Real(0, 1000), o => o.Groups.Embedding, (o, v) => o with { Groups = o.Groups with { Embedding = v } }),
            Optimizer("groups.head", Scalar.Real(0, 1000), o => o.Groups.Head, (o, v) => o with { Groups = o.Groups with { Head = v } }),
            Optimizer("groups.scalar", Scalar.Real(0, 1000), o => o.Groups.Scalar, (o, v) => o with { Groups = o.Groups with { Scalar = v } }),

            Schedule("kind", Scalar.Choice<ScheduleKind>(), s => s.Kind, (s, v) => s with { Kind = v }),
            Schedule("warmup", Scalar.Real(0, 1), s => s.Warmup, (s, v) => s with { Warmup = v }),
            Schedule("decay", Scalar.Real(0, 1), s => s.Decay, (s, v) => s with { Decay = v }),
            Schedule("floor", Scalar.Real(0, 1), s => s.Floor, (s, v) => s with { Floor = v }),

            RecipeKey.Of("tokenizer.kind", Scalar.Choice<TokenizerKind>(), r => r.Tokenizer.Kind, (r, v) => r with { Tokenizer = r.Tokenizer with { Kind = v } }),
            RecipeKey.Of("tokenizer.vocab", Scalar.Int(257, 65536), r => r.Tokenizer.Vocab, (r, v) => r with { Tokenizer = r.Tokenizer with { Vocab = v } }),
            RecipeKey.Of("tokenizer.digits", Scalar.Int(1, 3), r => r.Tokenizer.Digits, (r, v) => r with { Tokenizer = r.Tokenizer with { Digits = v } }),

            RecipeKey.Of("data.corpus", Scalar.Text, r => r.Data.Corpus, (r, v) => r with { Data = r.Data with { Corpus = v } }),
            RecipeKey.Of("data.batch_tokens", Scalar.Int(1, 1 << 24), r => r.Data.BatchTokens, (r, v) => r with { Data = r.Data with { BatchTokens = v } }),
            RecipeKey.Of("data.order_seed", Scalar.Long().OrNull(), r => r.Data.OrderSeed, (r, v) => r with { Data = r.Data with { OrderSeed = v } }),

            RecipeKey.Of("budget.tokens", Scalar.Long(1).OrNull(), r => r.Budget.Tokens, (r, v) => r with { Budget = r.Budget with { Tokens = v } }),
            RecipeKey.Of("budget.flops", Scalar.Real(0, aboveMin: true).OrNull(), r => r.Budget.Flops, (r, v) => r with { Budget = r.Budget with { Flops = v } }),
            RecipeKey.Of("budget.seconds", Scalar.Real(0, aboveMin: true).OrNull(), r => r.Budget.Seconds, (r, v) => r with { Budget = r.Budget with { Seconds = v } }),

            RecipeKey.Of("eval.every", Scalar.Int(0), r => r.Eval.Every, (r, v) => r with { Eval = r.Eval with { Every = v } }),
            Code("block", c => c.Block, (c, v) => c with { Block = v }),
            Code("optimizer", c => c.Optimizer, (c, v) => c with { Optimizer = v }),
            Code("schedule", c => c.Schedule, (c, v) => c with { Schedule = v }),
            Code("loss", c => c.Loss, (c, v) => c with { Loss = v }),
            RecipeKey.Of("seed", Scalar.Long(), r => r.Seed, (r, v) => r with { Seed = v }),
        ];
        Named = All.ToDictionary(k => k.Name, StringComparer.Ordinal);
    }

    /// <summary>All keys, in canonical order.</summary>
    public static IReadOnlyList<RecipeKey> All { get; }

    /// <summary>
    /// The keys that a recipe is written with: all but the section <c>code</c> where no part is code, so that recipes from before
    /// there was such a section are still written, hashed and compared as they were.
    /// </summary>
    internal static IEnumerable<RecipeKey> Written(Recipe recipe) =>
        recipe.Code.IsEmpty ? All.Where(key => !key.Name.StartsWith("code.", StringComparison.Ordinal)) : All;

    /// <summary>The key of a name, or null. <c>data.mixture.DOMAIN</c> has no entry of its own here, but is a valid name too.</summary>
    public static RecipeKey? Find(string name) => Named.GetValueOrDefault(name);

    /// <summary>Sentence for a name that is no key: the nearest one, or where the word belongs.</summary>
    internal static string Hint(string name)
    {
        var word = name[(name.LastIndexOf('.') + 1)..];
        var elsewhere = All.Where(k => k.Name.EndsWith($".{word}", StringComparison.Ordinal)).Select(k => $"`{k.Name}`").ToArray();
        if (elsewhere.Length > 0) return $"did you mean {string.Join(" or ", elsewhere)}?";
        var section = name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : "";
        // In a section that exists only its last word can be wrong.
        var isSection = All.Any(k => k.Name.StartsWith($"{section}.", StringComparison.Ordinal));
        if (isSection && NearestWord.Find(word, WordsUnder(section)) is { } near) return $"did you mean `{section}.{near}`?";
        if (!isSection && NearestWord.Find(name, All.Select(k => k.Name)) is { } nearest) return $"did you mean `{nearest}`?";
        return NearestWord.Hint(word, WordsUnder(section));
    }

    /// <summary>Words that may follow a prefix: sections and keys, in order.</summary>
    internal static IReadOnlyCollection<string> WordsUnder(string prefix)
    {
        var start = prefix.Length == 0 ? "" : $"{prefix}.";
        var names = All.Select(k => k.Name).Append(Mixture).Where(n => n.StartsWith(start, StringComparison.Ordinal)).ToArray();
        if (names.Length == 0) return WordsUnder(prefix.Contains('.', StringComparison.Ordinal) ? prefix[..prefix.LastIndexOf('.')] : "");
        return [.. names.Select(n => n[start.Length..].Split('.')[0]).Distinct()];
    }

    private static RecipeKey Model<T>(string name, Scalar<T> type, Func<ModelConfig, T> get, Func<ModelConfig, T, ModelConfig> set) =>
        RecipeKey.Of($"model.{name}", type, r => get(r.Model), (r, v) => r with { Model = set(r.Model, v) });

    private static RecipeKey Optimizer<T>(string name, Scalar<T> type, Func<OptimizerConfig, T> get, Func<OptimizerConfig, T, OptimizerConfig> set) =>
        RecipeKey.Of($"optimizer.{name}", type, r => get(r.Optimizer), (r, v) => r with { Optimizer = set(r.Optimizer, v) });

    private static RecipeKey Schedule<T>(string name, Scalar<T> type, Func<ScheduleConfig, T> get, Func<ScheduleConfig, T, ScheduleConfig> set) =>
        RecipeKey.Of($"schedule.{name}", type, r => get(r.Schedule), (r, v) => r with { Schedule = set(r.Schedule, v) });

    private static RecipeKey Code(string name, Func<CodeConfig, string> get, Func<CodeConfig, string, CodeConfig> set) =>
        RecipeKey.Of($"code.{name}", Scalar.HashOrNone, r => get(r.Code), (r, v) => r with { Code = set(r.Code, v) });
}

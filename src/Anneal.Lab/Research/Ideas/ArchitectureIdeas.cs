using Anneal.Engine.Models;
using static Anneal.Lab.Research.Ideas.Idea;

namespace Anneal.Lab.Research.Ideas;

/// <summary>Ideas about the parts and the shape of the model. The budget is in FLOPs, so a cheaper model sees more tokens.</summary>
internal static class ArchitectureIdeas
{
    public static readonly IReadOnlyList<Idea> All =
    [
        new()
        {
            Id = "rope", Probability = 0.8, GainPercent = 2,
            Hypothesis = "Rotary positions beat a learned position table.",
            Mechanism = "Attention sees relative offsets from the first step instead of learning a vector per position from few tokens.",
            Refutation = "Paired runs show no gain: position is not what limits a model this small.",
            Change = (r, _) => r.Model.Position.Kind == PositionKind.Rope ? null : Set("model.position.kind", "rope"),
        },
        new()
        {
            Id = "rope_theta", Probability = 0.3, GainPercent = 0.3,
            Hypothesis = "A rotary base near the context length suits short contexts.",
            Mechanism = "With base 10,000 most rotary pairs hardly turn within a short context; a lower base gives them a use.",
            Refutation = "No gain at a base of a tenth.",
            Change = (r, _) => r.Model.Position.Kind == PositionKind.Rope && r.Model.Position.Theta > 500 ? Set("model.position.theta", r.Model.Position.Theta / 10) : null,
        },
        new()
        {
            Id = "qk_norm", Probability = 0.55, GainPercent = 0.8,
            Hypothesis = "Normalised queries and keys train faster.",
            Mechanism = "Attention logits stay bounded, so that sharp early logits cannot stall learning and a higher rate is safe.",
            Refutation = "Equal or worse at the same rate and at twice the rate.",
            Change = (r, _) => r.Model.QkNorm ? null : Set("model.qk_norm", "true"),
        },
        new()
        {
            Id = "rms_norm", Probability = 0.5, GainPercent = 0.2,
            Hypothesis = "RMS norm is as good as layer norm and cheaper.",
            Mechanism = "Mean subtraction costs operations and adds little; what it saves buys tokens.",
            Refutation = "Layer norm wins at equal compute.",
            Change = (r, _) => r.Model.Norm.Kind == NormKind.Rms ? null : Set("model.norm.kind", "rms"),
        },
        new()
        {
            Id = "peri_norm", Probability = 0.4, GainPercent = 0.4,
            Hypothesis = "Normalising each branch's output as well helps.",
            Mechanism = "The residual stream cannot grow with depth, so all blocks keep learning.",
            Refutation = "No gain: few layers leave little growth to control.",
            Change = (r, _) => r.Model.Norm.Place == NormPlace.Peri ? null : Set("model.norm.place", "peri"),
        },
        new()
        {
            Id = "relu2", Probability = 0.5, GainPercent = 0.5,
            Hypothesis = "Squared ReLU beats GELU.",
            Mechanism = "Sparse, sharper activations, and cheaper than a tanh.",
            Refutation = "Worse at the same rate.",
            Change = (r, _) => r.Model.Mlp.Kind == MlpKind.Relu2 ? null : Set("model.mlp.kind", "relu2"),
        },
        new()
        {
            Id = "swiglu", Probability = 0.5, GainPercent = 0.8,
            Hypothesis = "A gated MLP of equal FLOPs beats a plain one.",
            Mechanism = "The gate multiplies features; its hidden width shrinks to two thirds to pay for the third matrix.",
            Refutation = "Worse at equal FLOPs (signs differ between published stacks).",
            Change = (r, _) => r.Model.Mlp.Kind == MlpKind.Swiglu ? null : Set("model.mlp.kind", "swiglu"),
        },
        new()
        {
            Id = "mlp_narrow", Probability = 0.45, GainPercent = 0.6,
            Hypothesis = "A narrower MLP buys steps that are worth more.",
            Mechanism = "In a short run updates are scarcer than capacity.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => r.Model.Mlp.Ratio > 2 ? Set("model.mlp.ratio", Math.Max(2, r.Model.Mlp.Ratio - 1)) : null,
        },
        new()
        {
            Id = "mlp_wide", Probability = 0.2, GainPercent = 0.4,
            Hypothesis = "A wider MLP is worth the steps it costs.",
            Mechanism = "Most knowledge of n-grams sits in the MLP.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => r.Model.Mlp.Ratio < 6 ? Set("model.mlp.ratio", r.Model.Mlp.Ratio + 1) : null,
        },
        new()
        {
            Id = "zero_init", Probability = 0.55, GainPercent = 0.5,
            Hypothesis = "Residual projections that start at zero help.",
            Mechanism = "The model starts as embedding and head, a bigram; blocks join as they become useful.",
            Refutation = "No gain against the small random start.",
            Change = (r, _) => r.Model.ZeroInit ? null : Set("model.zero_init", "true"),
        },
        new()
        {
            Id = "softcap_30", Probability = 0.35, GainPercent = 0.2,
            Hypothesis = "A soft cap of 30 on the logits helps.",
            Mechanism = "It limits early overconfidence.",
            Refutation = "No gain: small models are seldom overconfident.",
            Change = (r, _) => r.Model.LogitSoftcap == 0 ? Set("model.logit_softcap", 30) : null,
        },
        new()
        {
            Id = "softcap_15", Probability = 0.4, GainPercent = 0.3,
            Hypothesis = "A soft cap of 15 on the logits helps.",
            Mechanism = "A tighter cap acts as a mild regulariser of the head.",
            Refutation = "Worse than 30 or none.",
            Change = (r, _) => r.Model.LogitSoftcap == 15 ? null : Set("model.logit_softcap", 15),
        },
        new()
        {
            Id = "untie", Probability = 0.45, GainPercent = 0.9,
            Hypothesis = "Separate input and output matrices help.",
            Mechanism = "A token's meaning as input and its score as output want different vectors; the table's lookup costs no FLOPs.",
            Refutation = "Tied wins: too few tokens to train two tables.",
            Change = (r, _) => r.Model.TieEmbeddings ? Set("model.tie_embeddings", "false") : null,
        },
        new()
        {
            Id = "tie", Probability = 0.3, GainPercent = 0.5,
            Hypothesis = "One matrix for input and output helps.",
            Mechanism = "Every token trains every row through the head.",
            Refutation = "Untied wins.",
            Change = (r, _) => r.Model.TieEmbeddings ? null : Set("model.tie_embeddings", "true"),
        },
        new()
        {
            Id = "no_bias", Probability = 0.5, GainPercent = 0.2,
            Hypothesis = "Linear layers need no bias.",
            Mechanism = "Fewer operations and one less kind of parameter to tune.",
            Refutation = "Loss rises.",
            Change = (r, _) => r.Model.Bias ? Set("model.bias", "false") : null,
        },
        new()
        {
            Id = "init_small", Probability = 0.3, GainPercent = 0.3,
            Hypothesis = "A smaller start of the weights helps.",
            Mechanism = "Features are learned sooner when they are not drowned by the random start.",
            Refutation = "No gain at half the standard deviation.",
            Change = (r, _) => Set("model.init_std", r.Model.InitStd / 2),
        },
        new()
        {
            Id = "init_large", Probability = 0.35, GainPercent = 0.6,
            Hypothesis = "A larger start of the weights helps a narrow model.",
            Mechanism = "0.02 was chosen for widths near 1,000; a narrow model wants about 1 / sqrt(width).",
            Refutation = "No gain at twice the standard deviation.",
            Change = (r, _) => r.Model.InitStd * 2 <= 0.2 ? Set("model.init_std", r.Model.InitStd * 2) : null,
        },
        new()
        {
            Id = "heads_half", Probability = 0.4, GainPercent = 0.3,
            Hypothesis = "Fewer, wider heads help.",
            Mechanism = "A head of 16 or 32 dimensions can hold few distinctions.",
            Refutation = "Loss rises: the number of patterns matters more.",
            Change = (r, _) => r.Model.Heads >= 4 && r.Model.Heads % 2 == 0 ? Set(("model.heads", $"{r.Model.Heads / 2}"), ("model.kv_heads", "0")) : null,
        },
        new()
        {
            Id = "heads_double", Probability = 0.3, GainPercent = 0.3,
            Hypothesis = "More, narrower heads help.",
            Mechanism = "More patterns can be attended to at once at the same cost.",
            Refutation = "Loss rises: heads become too narrow.",
            Change = (r, _) => r.Model.Width / (r.Model.Heads * 2) >= 16 ? Set(("model.heads", $"{r.Model.Heads * 2}"), ("model.kv_heads", "0")) : null,
        },
        new()
        {
            Id = "kv_heads_half", Probability = 0.35, GainPercent = 0.3,
            Hypothesis = "Queries can share keys and values in pairs.",
            Mechanism = "The saved projections buy tokens.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => r.Model.KvHeads == 0 && r.Model.Heads % 2 == 0 && r.Model.Heads >= 2 ? Set("model.kv_heads", $"{r.Model.Heads / 2}") : null,
        },
        new()
        {
            Id = "shallower", Probability = 0.5, GainPercent = 1.2,
            Hypothesis = "One layer less pays: steps beat capacity.",
            Mechanism = "The compute of a block buys a proportional number of updates.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => r.Model.Layers > 1 ? Set("model.layers", $"{r.Model.Layers - 1}") : null,
        },
        new()
        {
            Id = "deeper", Probability = 0.2, GainPercent = 0.8,
            Hypothesis = "One layer more pays.",
            Mechanism = "Depth composes features that width cannot.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => Set("model.layers", $"{r.Model.Layers + 1}"),
        },
        new()
        {
            Id = "narrower", Probability = 0.4, GainPercent = 1.2,
            Hypothesis = "A narrower model pays: steps beat capacity.",
            Mechanism = "Block cost falls with the square of the width.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => Width(r.Model, 0.75),
        },
        new()
        {
            Id = "wider", Probability = 0.3, GainPercent = 1.2,
            Hypothesis = "A wider model is worth fewer steps.",
            Mechanism = "The model, not the number of updates, limits the loss.",
            Refutation = "Loss rises at equal FLOPs.",
            Change = (r, _) => Width(r.Model, 1.25),
        },
        new()
        {
            Id = "context_half", Probability = 0.45, GainPercent = 1.0,
            Hypothesis = "A shorter context is cheaper and loses little.",
            Mechanism = "Attention's share of the FLOPs halves, and more rows a batch decorrelate its gradient.",
            Refutation = "Loss rises: the evaluation's window rewards long context.",
            Change = (r, s) => r.Model.Context / 2 >= Math.Max(32, s.Evaluation.Stride) && r.Data.BatchTokens % (r.Model.Context / 2) == 0
                ? Set("model.context", $"{r.Model.Context / 2}") : null,
        },
    ];

    /// <summary>Width times <paramref name="factor"/>, kept a multiple of 16 per head where that can be.</summary>
    private static IReadOnlyDictionary<string, string>? Width(ModelConfig model, double factor)
    {
        int unit = 2 * model.Heads, width = (int)Math.Round(model.Width * factor / unit) * unit;
        return width == model.Width || width < 16 ? null : Set("model.width", $"{width}");
    }
}

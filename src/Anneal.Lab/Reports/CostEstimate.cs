using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Reports;

/// <summary>What a study can cost at most and will probably cost, before it is started.</summary>
/// <param name="Spec">The study, its researcher settled.</param>
/// <param name="Run">FLOPs of a full run; null for a subject, whose command nobody counts.</param>
/// <param name="Budget">Parts of the FLOPs; null for a subject.</param>
/// <param name="Model">What its model will probably cost; null where none is asked for money.</param>
public sealed record CostEstimate(StudySpec Spec, double? Run, FlopBudget? Budget, StudyEstimate? Model)
{
    /// <summary>Estimates; asks nobody and spends nothing.</summary>
    /// <param name="spec">The study, its researcher settled.</param>
    /// <param name="options">Model to be asked, or transcript.</param>
    /// <param name="lab">The lab's folder; it need not exist.</param>
    /// <exception cref="InputException">No such model, or it has no price.</exception>
    public static CostEstimate Of(StudySpec spec, SittingOptions options, string lab)
    {
        if (spec.Subject is not null) return new(spec, null, null, null);
        var run = RecipeFile.Load(spec.Recipe).Budget.Flops!.Value;
        var paid = ResearcherChoice.IsPaid(spec.Researcher) && options.Replay is null;
        return new(spec, run, new FlopBudget(spec, run), paid ? StudyEstimate.Of(spec, run, ModelCatalog.Load(lab).Find(spec.Researcher, options.Model), Earlier(spec, lab)) : null);
    }

    /// <summary>The document that <c>study estimate --json</c> prints.</summary>
    public JsonObject Document() => new()
    {
        ["study"] = Spec.Study,
        ["researcher"] = Spec.Researcher,
        ["experiments"] = new JsonObject { ["limit"] = Spec.Budget.Experiments },
        ["flops"] = new JsonObject { ["run"] = Run, ["noise"] = Budget?.Noise, ["seal"] = Budget?.Seal, ["least"] = Budget?.Least, ["limit"] = Spec.Budget.Flops },
        ["seconds"] = new JsonObject { ["limit"] = Spec.Budget.Seconds },
        ["usd"] = Model is null ? new JsonObject { ["likely"] = 0, ["limit"] = Spec.Budget.Usd } : new JsonObject
        {
            ["model"] = Model.Model,
            ["proposals"] = Model.Proposals,
            ["low"] = Model.Low,
            ["likely"] = Model.Likely,
            ["high"] = Model.High,
            ["tokens"] = Model.Tokens,
            ["cache_share"] = Model.CacheShare,
            ["limit"] = Model.Limit,
        },
    };

    private static IReadOnlyList<EarlierFinding> Earlier(StudySpec spec, string lab)
    {
        if (!Anneal.Lab.Ledger.Ledger.Exists(lab)) return [];
        using var ledger = LabStudies.Open(lab);
        return ledger.ReadEarlier(spec.Study);
    }
}

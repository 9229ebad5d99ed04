using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Briefings;
using Anneal.Lab.Research.Tools;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>What a study's language model will probably cost.</summary>
/// <param name="Model">Model, as the models file names it.</param>
/// <param name="Proposals">Proposals that will probably be asked of it.</param>
/// <param name="Low">Dollars, if it answers at once and briefly.</param>
/// <param name="Likely">Dollars, as conversations usually go.</param>
/// <param name="High">Dollars, if it looks at much and thinks long, and its cache is cold each time.</param>
/// <param name="Tokens">Tokens of the likely course, read and written.</param>
/// <param name="CacheShare">Share of the tokens read that will come from the cache in the likely course, 0 to 1.</param>
/// <param name="Limit">The study's limit in dollars; it holds whatever is estimated.</param>
public sealed record StudyEstimate(string Model, int Proposals, double Low, double Likely, double High, long Tokens, double CacheShare, double? Limit)
{
    // Characters a token in English prose with numbers and recipe keys.
    private const double CharactersPerToken = 3.5;

    // A finding in the memory, in tokens; see StudyMemo.Finding.
    private const int FindingTokens = 70;

    /// <summary>How a conversation goes: turns, tokens written and read in each, share of the proposals, and whether the cache still holds the prefix.</summary>
    private sealed record Course(int Turns, int Written, int Results, double Share, bool Warm);

    private static readonly Course brief = new(2, 500, 500, 0.35, Warm: true);
    private static readonly Course usual = new(5, 1000, 1200, 0.5, Warm: false);
    private static readonly Course long_ = new(12, 2500, 3000, 0.85, Warm: false);

    /// <summary>The estimate, from the texts that will be sent, the study's limits and the model's prices.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="run">FLOPs of a full run.</param>
    /// <param name="entry">Prices.</param>
    /// <param name="earlier">Findings of earlier studies; they are part of the prefix.</param>
    public static StudyEstimate Of(StudySpec spec, double run, CatalogModel entry, IReadOnlyList<EarlierFinding> earlier)
    {
        var task = new ProposalTask(spec, new ResearchQuestion { Seen = new StudyRecord { Spec = spec, Baseline = new Recipe().ToYaml(), Champion = "", Status = "running" }, Champion = new Recipe(), Tried = new HashSet<string>(), Number = 1 }, earlier);
        var prefix = (long)((RecipeBriefing.Rules.Length + ResearchTools.For(task).Sum(tool => tool.Spec.Description.Length + tool.Spec.Schema.ToJsonString().Length)
            + StudyMemo.Study(task).Length + StudyMemo.Earlier(earlier).Length) / CharactersPerToken);
        return Of(spec, entry, prefix, Experiments(spec, run));
    }

    /// <summary>The estimate for the study of a repository, whose files the model reads at every proposal.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="entry">Prices.</param>
    internal static StudyEstimate OfRepository(StudySpec spec, CatalogModel entry)
    {
        // Tools and the study's own text; about six runs an experiment.
        var prefix = (long)((EditBriefing.Rules.Length + 9000) / CharactersPerToken);
        return Of(spec, entry, prefix, spec.Budget.Runs is { } runs ? Math.Clamp(runs / 6.0, 1, spec.Budget.Experiments) : spec.Budget.Experiments);
    }

    private static StudyEstimate Of(StudySpec spec, CatalogModel entry, long prefix, double experiments)
    {
        var likely = Add(usual);
        var read = likely.Input + likely.CacheRead + likely.CacheWrite;
        return new(entry.Name, Proposals(usual), entry.Cost(Add(brief)), entry.Cost(likely), entry.Cost(Add(long_)), read + likely.Output, read == 0 ? 0 : (double)likely.CacheRead / read, spec.Budget.Usd);

        int Proposals(Course course) => Math.Max(1, (int)Math.Round(course.Share * experiments));

        // Each conversation begins with the prefix and the findings so far, from the cache or into it; each turn then reads all
        // that was said and writes what is new.
        ModelUsage Add(Course course)
        {
            long output = 0, cacheRead = 0, cacheWrite = 0;
            for (var i = 0; i < Proposals(course); i++)
            {
                var said = prefix + (long)(FindingTokens * (i / course.Share));
                var first = course.Warm && i > 0 ? said - (long)(FindingTokens / course.Share) : 0;
                cacheRead += first;
                cacheWrite += said - first;
                for (var turn = 1; turn < course.Turns; turn++)
                {
                    cacheRead += said;
                    cacheWrite += course.Written + course.Results;
                    said += course.Written + course.Results;
                }
                output += (long)course.Turns * course.Written;
            }
            return new ModelUsage(0, output, cacheRead, cacheWrite);
        }
    }

    // Experiments that the FLOPs will probably pay for: two in three stop in screening, the others take a few pairs.
    private static double Experiments(StudySpec spec, double run)
    {
        var budget = new FlopBudget(spec, run);
        if (double.IsInfinity(budget.Limit)) return spec.Budget.Experiments;
        var each = 0.7 * budget.Screening + 0.33 * Math.Min(5, spec.Acceptance.MaxPairs) * budget.Pair;
        return Math.Clamp((budget.Limit - budget.Noise - budget.Seal) / each, 1, spec.Budget.Experiments);
    }
}

using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;

namespace Anneal.Lab.Research.Briefings;

/// <summary>Our own trainer: recipes, and code against the engine.</summary>
internal sealed class RecipeBriefing : Briefing
{
    /// <summary>The system text: the same for all studies.</summary>
    public static string Rules { get; } =
        $"""
        {CommonRules.Role}

        How a change is judged
        - Objective: bits per byte on held-out validation text, lower is better. An effect is champion minus change: positive is better.
        - Screening: champion and change are trained for short, complete runs (the rungs, fractions of a full run). The hopeless stop there; the extrapolation weighs your predicted effect as a prior.
        - {CommonRules.Confirmation} Both arms of a pair read the same data in the same order.
        - At the end baseline and champion meet once on a sealed test split. You cannot see it, and nothing here depends on it.
        - All runs have equal training FLOPs, counted operator by operator: a larger or slower model gets fewer steps. A change must win at equal compute.

        What the budget is
        - FLOPs: screening, pairs and your diagnoses all count. An effect smaller than the noise of a pair costs many pairs; aim for changes worth several times the noise, or bundle small ones that do not interact.
        - {CommonRules.Dollars}
        - Other sources propose too (a model-based search, a library of known ideas). Shares follow confirmations per FLOP, so add what a search over numbers cannot find, or place its next step better than it would.

        {CommonRules.Honesty}

        How to propose
        - One hypothesis, its mechanism, what would refute it, a predicted effect with its standard deviation, the chance of confirmation, and the least change that tests it.
        - Scale matters: these are short runs of small models. Before you carry over a result of large runs, ask what limits this champion: width, depth, steps, rate, batch, or the schedule.
        - A change may bring C# for a block, an optimizer, a schedule or a loss: read `Custom/` with read_source first. It is compiled, screened and run in a sandbox; compiler errors come back to you.
        - End with propose_experiment. Call nothing_left only where nothing is worth its FLOPs.

        Recipe keys that a change may set (valid values; default). recipe_keys shows the champion's values and the searched ranges.
        {Keys}
        """;

    /// <inheritdoc/>
    public override string System => Rules;

    /// <inheritdoc/>
    public override IReadOnlyList<Tool> Tools(ProposalTask task) => ResearchTools.For(task);

    /// <inheritdoc/>
    public override JsonArray Blocks(ProposalTask task) => StudyMemo.Blocks(task, StudyMemo.Study(task), StudyMemo.Question(task));

    private static string Keys => string.Join('\n', ChangeableKeys.All.Select(key => $"{key.Name}: {key.Expectation}; {key.Get(ChangeableKeys.Default)}"));
}

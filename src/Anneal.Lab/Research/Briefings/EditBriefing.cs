using System.Text;
using System.Text.Json.Nodes;
using Anneal.Lab.Evidence;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;
using Anneal.Lab.Subjects;

namespace Anneal.Lab.Research.Briefings;

/// <summary>A repository: edits of some of its files.</summary>
/// <param name="repository">The lab's clone.</param>
/// <param name="check">Says whether edits may be tried.</param>
internal sealed class EditBriefing(SubjectRepository repository, EditCheck check) : Briefing
{
    /// <summary>The system text: the same for all repositories.</summary>
    public static string Rules { get; } =
        $"""
        {CommonRules.Role}

        How a change is judged
        - The subject is a git repository with a training command that prints its own metric at its end. A change is an edit of the files that the study lists; all else stays as it is. An effect is champion minus change in units of the objective: positive is better.
        - Screening, where the study has rungs: champion and change run for a part of the time. The hopeless stop there.
        - {CommonRules.Confirmation} An accepted edit is committed on top of the champion with the evidence in its message.
        - The subject measures itself, so an accepted edit is called suggestive at most. Do not touch how the metric is computed, what data it is computed on, seeds, or the clock: such an edit proves nothing, and every reader of the diff sees it.
        - Every run has the same time budget: a slower step means fewer steps.

        What the budget is
        - Runs: an effect smaller than the noise of a pair costs many pairs; aim for changes worth several times the noise.
        - {CommonRules.Dollars}
        - A built-in search over the numeric constants proposes too. Shares follow accepted edits per run, so add what a search over numbers cannot find.

        {CommonRules.Honesty}

        How to propose
        - Read the file before you edit it; replace exact, unique pieces. One hypothesis, its mechanism, what would refute it, a predicted effect with its standard deviation, the chance that it is accepted, and the least edit that tests it.
        - Simpler is better: an edit that removes code and loses nothing is worth proposing.
        - End with propose_edit. Call nothing_left only where nothing is worth its runs.
        """;

    /// <inheritdoc/>
    public override string System => Rules;

    /// <inheritdoc/>
    public override IReadOnlyList<Tool> Tools(ProposalTask task) =>
    [
        FindingTools.ReadFindings(task),
        FindingTools.ReadExperiment(task),
        RunTools.ReadIncidents(task),
        QueryTool.QueryLedger(task),
        EditTools.ListFiles(task, repository),
        EditTools.ReadFile(task, repository),
        EditTools.Search(task, repository),
        EditTools.ReadDiff(task),
        EditTools.ProposeEdit(task, check),
        ProposalTools.NothingLeft(task),
    ];

    /// <inheritdoc/>
    public override JsonArray Blocks(ProposalTask task) => StudyMemo.Blocks(task, Study(task), Question(task));

    private static string Study(ProposalTask task)
    {
        var (spec, subject) = (task.Spec, task.Spec.Subject!);
        var noise = PlanningNoise.Sigma(task.Seen.NullPairs.Select(pair => pair.Difference));
        var values = task.Seen.NullPairs.Select(pair => pair.Control).ToList();
        var text = new StringBuilder($"# Study {spec.Study}\n");
        text.Append($"Objective: {subject.Objective}, lower is better; the baseline measures {TextTable.Number(values.Count == 0 ? null : values.Average())}, two runs of the same code under other seeds differ by {noise:G3} (sd of a pair).\n");
        text.Append($"Gate: false acceptance at most {spec.Acceptance.FalseAccept}, effects below {spec.Acceptance.MinEffect} do not count, at most {spec.Acceptance.MaxPairs} pairs. A run is meant to take {subject.Budget:0} s.\n");
        if (subject.Measured) text.Append("This subject does not measure itself: the lab asks the model that a run leaves behind for logits on held-out text, voids what looks at later tokens, and calls an accepted edit confirmed.\n");
        text.Append($"Limits: {spec.Budget.Experiments} experiments{(spec.Budget.Runs is { } runs ? $", {runs} runs" : "")}.\n");
        return text.Append(Fence.Wrap("command and files to edit", $"{subject.Command}\n{string.Join('\n', subject.Edit)}")).Append('\n').ToString();
    }

    private static string Question(ProposalTask task)
    {
        var adopted = task.Seen.Experiments.Where(experiment => experiment.Adopted).Select(experiment => $"#{experiment.Id}").ToList();
        return $"# Proposal {task.Question.Number}\nThe champion is the baseline{(adopted.Count == 0 ? "" : $" with the edits of {string.Join(", ", adopted)}; read_diff shows them")}.\n{StudyMemo.Score(task.Seen)}Propose the next edit.\n";
    }
}

using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Briefings;
using Anneal.Lab.Research.Tools;

namespace Anneal.Lab.Research;

/// <summary>
/// A language model as a researcher: one conversation a proposal, over tools that look at the record and nothing else. What
/// it says is remembered call by call, so the same question gets the same answer without being paid for twice.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="briefing">What the model is told and given.</param>
/// <param name="desk">Where the model is asked.</param>
/// <param name="earlier">What other studies had found when this one was started.</param>
/// <param name="progress">Told of drift in a replay.</param>
internal sealed class ModelResearcher(StudySpec spec, Briefing briefing, ModelDesk desk, IReadOnlyList<EarlierFinding> earlier, IProgress<StudyEvent>? progress) : IResearcher, IDisposable
{
    private const string Reminder = "You ended your turn without a proposal: call the tool that proposes, or nothing_left with a reason.";

    /// <inheritdoc/>
    /// <exception cref="ResearcherAbsentException">The conversation came to no proposal: no answer, no money, a refusal, no end, or nothing left.</exception>
    public async Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
    {
        var task = new ProposalTask(spec, question, earlier);
        var conversation = new Conversation(desk, Key(question), briefing.System, briefing.Tools(task), new() { Reminder = Reminder });
        var drifted = desk.Drifted;
        var end = await conversation.RunAsync(briefing.Blocks(task), cancel);
        if (desk.Drifted > drifted) progress?.Report(new ReplayDrifted(Key(question), desk.Drifted - drifted));
        if (task.Proposal is { } proposal) return proposal with { Source = $"{(desk.Model is ReplayModel ? ResearcherChoice.Replay : ProposalSource.Model)}:{end.Model}" };
        throw new ResearcherAbsentException(end.Outcome switch
        {
            ConversationOutcome.Reached => $"it has nothing left to try: {task.NothingLeft}",
            ConversationOutcome.OutOfMoney => $"the dollars are used up: {end.Reason}",
            _ => end.Reason,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => (desk.Model as IDisposable)?.Dispose();

    // A proposal that is asked for again, with more verdicts known, is another conversation.
    private string Key(ResearchQuestion question)
    {
        var seen = question.Seen.Experiments.Count;
        return seen == Math.Max(0, question.Number - spec.Parallel) ? $"proposal/{question.Number}" : $"proposal/{question.Number}/{seen}";
    }
}

namespace Anneal.Lab.Research;

/// <summary>Proposes what was handed in from outside, oldest first; null where nothing was, unless it is told to wait.</summary>
/// <param name="inbox">The study's.</param>
/// <param name="waits">Wait for the next proposal: there is nobody else to ask.</param>
/// <param name="progress">Told that a proposal is waited for.</param>
internal sealed class InboxResearcher(Inbox inbox, bool waits, IProgress<StudyEvent>? progress) : IResearcher
{
    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public async Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
    {
        for (var asked = false; ; asked = true)
        {
            var proposal = Next(question);
            if (proposal is not null || !waits) return proposal;
            if (!asked) progress?.Report(new ProposalAwaited(question.Number, $"Waiting for a proposal in {inbox.Directory}."));
            await Task.Delay(poll, cancel);
        }
    }

    private Proposal? Next(ResearchQuestion question)
    {
        var known = question.Seen.Experiments.Select(experiment => experiment.Proposal).Concat(question.InFlight).ToList();
        foreach (var (name, proposal) in inbox.Waiting())
        {
            if (Inbox.IsKnown(known, proposal)) inbox.Take(name);
            else if (FlawOf(proposal, question) is { } flaw) inbox.Refuse(name, flaw);
            else return proposal;
        }

        return null;
    }

    // Edits are tried against the files when they become an experiment.
    private static string? FlawOf(Proposal proposal, ResearchQuestion question) => question.Revision is null
        ? ProposalCheck.FlawOf(proposal, question)
        : proposal.Edits is { Count: > 0 } ? null : "edits nothing: the study of a repository takes edits of its files";
}

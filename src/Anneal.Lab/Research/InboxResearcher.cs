namespace Anneal.Lab.Research;

/// <summary>Takes what was handed in from outside before it asks anybody else; or waits for it where there is nobody else.</summary>
/// <param name="inbox">The study's.</param>
/// <param name="otherwise">Asked when the inbox is empty; null waits for the next proposal.</param>
/// <param name="progress">Told that a proposal is waited for.</param>
internal sealed class InboxResearcher(Inbox inbox, IResearcher? otherwise, IProgress<StudyEvent>? progress) : IResearcher
{
    private static readonly TimeSpan poll = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public async Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
    {
        for (var asked = false; ; asked = true)
        {
            if (Next(question) is { } proposal) return proposal;
            if (otherwise is not null) return await otherwise.ProposeAsync(question, cancel);
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
            else if (ProposalCheck.FlawOf(proposal, question.Champion, question.Tried) is { } flaw) inbox.Refuse(name, flaw);
            else return proposal;
        }

        return null;
    }
}

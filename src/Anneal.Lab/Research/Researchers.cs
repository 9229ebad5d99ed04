using Anneal.Lab.Providers;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Puts a study's sources together.</summary>
internal static class Researchers
{
    /// <summary>What is handed in comes first; then the model and the built-in researcher share. A study for an MCP client has nobody but its inbox, and waits for it.</summary>
    /// <param name="spec">The study, in the ledger.</param>
    /// <param name="baseline">Its baseline.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="model">From <see cref="SittingModel.FindAsync"/>.</param>
    /// <param name="progress">Told of estimates, calls and absences.</param>
    public static MixedResearcher Of(StudySpec spec, Recipe baseline, Ledger.Ledger ledger, SittingModel? model, IProgress<StudyEvent>? progress)
    {
        var run = baseline.Budget.Flops!.Value;
        var waits = spec.Researcher == ResearcherChoice.Inbox;
        var sources = new List<(string, IResearcher)>();
        if (model is not null) sources.Add((ProposalSource.Model, Of(spec, run, ledger, model, progress)));
        if (!waits) sources.Add((ProposalSource.Embedded, new EmbeddedResearcher(spec)));
        return new MixedResearcher(run, sources, new InboxResearcher(new Inbox(ledger.Directory, spec.Study), waits, progress), Absent);

        void Absent(int number, string source, string reason)
        {
            // That the search is at its end is no failing of anybody's.
            if (source != ProposalSource.Model) return;
            ledger.AddRefusal(spec.Study, number, source, "no_proposal", reason);
            progress?.Report(new ResearcherAbsent(number, source, reason));
        }
    }

    private static IResearcher Of(StudySpec spec, double run, Ledger.Ledger ledger, SittingModel found, IProgress<StudyEvent>? progress)
    {
        if (found is not { Model: { } model, Entry: { } entry }) return new Away(found.WhyAbsent!);
        var earlier = ledger.ReadEarlier(spec.Study);
        if (entry.IsPaid) progress?.Report(new CostEstimated(StudyEstimate.Of(spec, run, entry, earlier)));
        return new ModelResearcher(spec, new ModelDesk(ledger, spec.Study, model, entry, spec.Budget.Usd, progress), earlier, progress);
    }

    // A model that cannot be asked in this sitting.
    private sealed class Away(string why) : IResearcher
    {
        public Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel) => Task.FromException<Proposal?>(new ResearcherAbsentException(why));
    }
}

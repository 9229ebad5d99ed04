using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Briefings;
using Anneal.Lab.Subjects;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>Puts a study's sources together.</summary>
internal static class Researchers
{
    /// <summary>Sources for a study of our own trainer.</summary>
    /// <param name="spec">The study, in the ledger.</param>
    /// <param name="baseline">Its baseline.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="model">From <see cref="SittingModel.FindAsync"/>; null: none is asked for.</param>
    /// <param name="desk">Where it is asked; null where nobody answers.</param>
    /// <param name="progress">Told of estimates, calls and absences.</param>
    public static MixedResearcher OfRecipe(StudySpec spec, Recipe baseline, Ledger.Ledger ledger, SittingModel? model, ModelDesk? desk, IProgress<StudyEvent>? progress)
    {
        var run = baseline.Budget.Flops!.Value;
        var earlier = ledger.ReadEarlier(spec.Study);
        return Of(spec, run, new EmbeddedResearcher(spec), new RecipeBriefing(), entry => StudyEstimate.Of(spec, run, entry, earlier), earlier, ledger, model, desk, progress);
    }

    /// <summary>Sources for the study of a repository.</summary>
    /// <param name="spec">The study, in the ledger.</param>
    /// <param name="repository">The lab's clone.</param>
    /// <param name="check">Says whether edits may be tried.</param>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="model">From <see cref="SittingModel.FindAsync"/>; null: none is asked for.</param>
    /// <param name="desk">Where it is asked; null where nobody answers.</param>
    /// <param name="progress">Told of estimates, calls and absences.</param>
    public static MixedResearcher OfRepository(StudySpec spec, SubjectRepository repository, EditCheck check, Ledger.Ledger ledger, SittingModel? model, ModelDesk? desk, IProgress<StudyEvent>? progress)
    {
        var briefing = new EditBriefing(repository, check);
        return Of(spec, 1, new ConstantsResearcher(spec, repository), briefing, entry => StudyEstimate.OfRepository(spec, entry), ledger.ReadEarlier(spec.Study), ledger, model, desk, progress);
    }

    // What is handed in comes first; then the model and the built-in researcher share. A study for an MCP client has nobody but
    // its inbox, and waits for it.
    private static MixedResearcher Of(
        StudySpec spec, double run, IResearcher builtIn, Briefing briefing, Func<CatalogModel, StudyEstimate> estimate, IReadOnlyList<EarlierFinding> earlier,
        Ledger.Ledger ledger, SittingModel? found, ModelDesk? desk, IProgress<StudyEvent>? progress)
    {
        var waits = spec.Researcher == ResearcherChoice.Inbox;
        var sources = new List<(string, IResearcher)>();
        if (desk is { Entry.IsPaid: true }) progress?.Report(new CostEstimated(estimate(desk.Entry)));
        if (found is not null) sources.Add((ProposalSource.Model, desk is null ? new Away(found.WhyAbsent!) : new ModelResearcher(spec, briefing, desk, earlier, progress)));
        if (!waits) sources.Add((ProposalSource.Embedded, builtIn));
        return new MixedResearcher(run, sources, new InboxResearcher(new Inbox(ledger.Directory, spec.Study), waits, progress), Absent);

        void Absent(int number, string source, string reason)
        {
            // That the search is at its end is no failing of anybody's.
            if (source != ProposalSource.Model) return;
            ledger.AddRefusal(spec.Study, number, source, "no_proposal", reason);
            progress?.Report(new ResearcherAbsent(number, source, reason));
        }
    }

    // A model that cannot be asked in this sitting.
    private sealed class Away(string why) : IResearcher
    {
        public Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel) => Task.FromException<Proposal?>(new ResearcherAbsentException(why));
    }
}

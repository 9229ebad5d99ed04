namespace Anneal.Lab.Research;

/// <summary>
/// Shares a study's proposals between sources by what each has proved per FLOP (<see cref="SourceShares"/>). A source that
/// is absent is stood in for, so that no model's failure stops a study; one that stays absent is asked ever more rarely.
/// </summary>
/// <param name="run">FLOPs of a full run.</param>
/// <param name="sources">Sources and their names (<see cref="ProposalSource"/>), the most helpful first: it gets the first turn.</param>
/// <param name="inbox">Asked before all others; null from it means that nothing was handed in. Null: there is none.</param>
/// <param name="absent">Told of each absence: number of the proposal, source, reason.</param>
public sealed class MixedResearcher(
    double run, IReadOnlyList<(string Name, IResearcher Researcher)> sources, IResearcher? inbox = null, Action<int, string, string>? absent = null) : IResearcher, IDisposable
{
    private readonly string[] names = [.. sources.Select(source => source.Name)];

    /// <inheritdoc/>
    public async Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
    {
        if (inbox is not null && await inbox.ProposeAsync(question, cancel) is { } handed) return handed;

        string? askedOf = null, why = null;
        foreach (var (name, researcher) in InTurn(question))
        {
            try
            {
                if (await researcher.ProposeAsync(question, cancel) is { } proposal)
                    return why is null ? proposal : proposal with { AskedOf = askedOf, InsteadOf = why };
                Note(name, "it has nothing left to try");
            }
            catch (ResearcherAbsentException e)
            {
                Note(name, e.Message);
            }
        }
        return null;

        void Note(string name, string reason)
        {
            absent?.Invoke(question.Number, name, reason);
            (askedOf, why) = (askedOf ?? name, why ?? reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, researcher) in sources) (researcher as IDisposable)?.Dispose();
    }

    /// <summary>Shares of the sources at a question, in their order.</summary>
    /// <param name="question">What is known.</param>
    public IReadOnlyList<double> Shares(ResearchQuestion question) => SourceShares.Of(names, question.Seen.Experiments, run);

    // Who lags most comes first; then the others as they stand, and at last those who pause: even they before nobody.
    private IEnumerable<(string Name, IResearcher Researcher)> InTurn(ResearchQuestion question)
    {
        Proposal[] before = [.. question.Seen.Experiments.Select(experiment => experiment.Proposal), .. question.InFlight];
        int[] turns = [.. names.Select(name => before.Count(proposal => (proposal.AskedOf ?? ProposalSource.Of(proposal)) == name))];
        var next = SourceShares.Next(Shares(question), turns);
        return sources.OrderBy(source => !Absence.IsOver(source.Name, before)).ThenBy(source => source.Name != names[next]);
    }
}

using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Research;

/// <summary>
/// How a study shares its proposals between sources: each source's rate of confirmations per FLOP has a Gamma posterior
/// (confirmations are Poisson over its FLOPs), and its share is in proportion to the posterior's mean, above a floor.
/// Pure functions of the record, so that a resumed study shares as an undisturbed one.
/// </summary>
public static class SourceShares
{
    /// <summary>Least share of every source: a bad start is no verdict, and a source whose turn never comes cannot recover.</summary>
    public const double Floor = 0.15;

    // Prior: one half confirmation over five full runs, about one experiment; three unlucky experiments do not silence a source.
    private const double PriorConfirmations = 0.5;
    private const double PriorRuns = 5;

    /// <summary>Shares in the order of <paramref name="sources"/>; they sum to 1 and none is below <see cref="Floor"/>.</summary>
    /// <param name="sources">One to six names, see <see cref="ProposalSource"/>.</param>
    /// <param name="decided">Decided experiments; a stand-in's count for the one who made the proposal.</param>
    /// <param name="run">FLOPs of a full run: the unit of cost.</param>
    public static IReadOnlyList<double> Of(IReadOnlyList<string> sources, IReadOnlyList<ExperimentRecord> decided, double run)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Count * Floor, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(run);
        double[] rates = [.. sources.Select(source =>
        {
            var own = decided.Where(experiment => ProposalSource.Of(experiment.Proposal) == source).ToList();
            return (PriorConfirmations + own.Count(experiment => experiment.Verdict == Verdict.Confirmed || experiment.Adopted)) / (PriorRuns + own.Sum(experiment => Cost(experiment, run)));
        })];
        return [.. rates.Select(rate => Floor + (1 - sources.Count * Floor) * rate / rates.Sum())];
    }

    /// <summary>What an experiment cost, in full runs: by its FLOPs, or by its runs where nobody counts FLOPs, as in a repository.</summary>
    /// <param name="experiment">Decided.</param>
    /// <param name="run">FLOPs of a full run.</param>
    public static double Cost(ExperimentRecord experiment, double run) =>
        experiment.Flops > 0 ? experiment.Flops / run : 2 * (experiment.Pairs.Count + experiment.Screens.Sum(screen => screen.Fraction));

    /// <summary>Whose turn it is: the source that lags furthest behind its share; of equals the first.</summary>
    /// <param name="shares">From <see cref="Of"/>.</param>
    /// <param name="turns">Turns that each has had.</param>
    public static int Next(IReadOnlyList<double> shares, IReadOnlyList<int> turns)
    {
        var number = turns.Sum() + 1;
        var next = 0;
        for (var i = 1; i < shares.Count; i++)
            if (shares[i] * number - turns[i] > shares[next] * number - turns[next] + 1e-12) next = i;
        return next;
    }
}

using System.Text.Json;
using Anneal.Lab.Research;
using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>What other studies had found when this one was started, failures included, oldest first. It stays the same however they go on.</summary>
    /// <param name="study">A study that was started.</param>
    public IReadOnlyList<EarlierFinding> ReadEarlier(string study) => Read(db => db
        .Query(
            """
            SELECT verdicts.study, verdicts.experiment, verdict, effect, low, high, proposal, spec
            FROM verdicts
            JOIN proposals ON proposals.study = verdicts.study AND number = experiment AND proposal IS NOT NULL
            JOIN studies ON studies.name = verdicts.study
            WHERE verdicts.study <> @study AND decided < (SELECT created FROM studies WHERE name = @study)
            ORDER BY studies.created, verdicts.study, experiment
            """, new { study })
        .Select(row =>
        {
            var proposal = FromJson<Proposal>((string)row.proposal);
            return new EarlierFinding(
                (string)row.study, FromJson<StudySpec>((string)row.spec).Corpus, (int)(long)row.experiment, JsonNamingPolicy.SnakeCaseLower.ConvertName((string)row.verdict),
                (double?)row.effect, (double?)row.low, (double?)row.high, proposal.Change, proposal.Hypothesis);
        }).ToList());
}

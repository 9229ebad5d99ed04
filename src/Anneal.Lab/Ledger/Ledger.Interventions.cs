using Anneal.Runs;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>
    /// Records what was done to a single run; what is there already is left alone, so that it may be told as often as one likes.
    /// Needs no lease: a single run is nobody's study, and its rows are nobody else's.
    /// </summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="lines">From its <c>interventions.jsonl</c>.</param>
    /// <returns>Rows that were new.</returns>
    /// <exception cref="InputException">The disk is full, or the ledger cannot be written.</exception>
    public int AddInterventions(RunDirectory run, IReadOnlyList<Intervention> lines)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            try
            {
                return Transact(connection, () => lines.Sum(line => Insert(run.Root, line)));
            }
            catch (SqliteException e)
            {
                throw Explain(e, Path);
            }
        }
    }

    /// <summary>What was done to single runs, in the order of its recording.</summary>
    /// <param name="folder">One run's folder; null for all.</param>
    public IReadOnlyList<InterventionRecord> ReadInterventions(string? folder = null) => Read(db => db
        .Query("SELECT * FROM interventions WHERE @folder IS NULL OR folder = @folder ORDER BY id", new { folder = folder is null ? null : System.IO.Path.GetFullPath(folder) })
        .Select(row => new InterventionRecord(
            (string)row.folder, (int)(long)row.number, (int)(long)row.branch, (int)(long)row.step, (string)row.state, (string)row.action, (string)row.cause, (string)row.detector,
            (int)(long)row.seen, (int)(long)row.since, (int)(long)row.attempt, (string)row.source,
            FromJson<Dictionary<string, double>>((string)row.before), FromJson<Dictionary<string, double>>((string)row.after), (double?)row.expected, (string?)row.reason))
        .ToList());

    private int Insert(string folder, Intervention line) => connection.Execute(
        """
        INSERT OR IGNORE INTO interventions (folder, number, branch, step, state, action, cause, detector, seen, since, attempt, source, before, after, expected, reason, made)
        VALUES (@folder, @Id, @Branch, @Step, @state, @action, @cause, @Detector, @seen, @Since, @Try, @Source, @before, @after, @Expected, @Reason, @now)
        """,
        new
        {
            folder,
            line.Id,
            line.Branch,
            line.Step,
            state = Advice.Snake(line.State),
            action = Advice.Snake(line.Action),
            cause = Advice.Snake(line.Incident.Cause),
            line.Incident.Detector,
            seen = line.Incident.Step,
            line.Since,
            line.Try,
            line.Source,
            before = ToJson(line.Before),
            after = ToJson(line.After),
            line.Expected,
            line.Reason,
            now = Now(),
        });
}

using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Research.Tools;

/// <summary>
/// What a proposal may see, as SQL tables in memory. The ledger's file is never opened for a question, so that no query can
/// reach what is not in here: sealed values, test splits, other sittings, the file system.
/// </summary>
internal static class SeenTables
{
    private const string Schema =
        """
        CREATE TABLE findings (number INTEGER, source TEXT, verdict TEXT, effect REAL, low REAL, high REAL, pairs INTEGER, predicted REAL, predicted_sd REAL,
                               e_value REAL, bar REAL, full_runs REAL, hypothesis TEXT, mechanism TEXT, reason TEXT);
        CREATE TABLE changes (number INTEGER, key TEXT, value TEXT);
        CREATE TABLE screens (number INTEGER, rung INTEGER, fraction REAL, champion REAL, change REAL, expected REAL, expected_sd REAL, decision TEXT);
        CREATE TABLE pairs (kind TEXT, number INTEGER, pair INTEGER, champion REAL, change REAL, difference REAL);
        CREATE TABLE runs (run TEXT, number INTEGER, role TEXT, pair INTEGER, fraction REAL, status TEXT, value REAL, steps INTEGER, tokens INTEGER, flops REAL, parameters INTEGER);
        CREATE TABLE curves (run TEXT, tokens INTEGER, loss REAL);
        CREATE TABLE incidents (run TEXT, number INTEGER, step INTEGER, severity TEXT, action TEXT, detector TEXT, cause TEXT, message TEXT);
        CREATE TABLE in_flight (number INTEGER, source TEXT, change TEXT, hypothesis TEXT);
        CREATE TABLE earlier (study TEXT, corpus TEXT, number INTEGER, verdict TEXT, effect REAL, low REAL, high REAL, change TEXT, hypothesis TEXT);
        """;

    /// <summary>Tables and their columns, one a line, for the tool's description.</summary>
    public static string Describe { get; } = string.Join('\n', Schema.ReplaceLineEndings("\n").Replace("\n                       ", " ").Split('\n')
        .Select(line => line["CREATE TABLE ".Length..].TrimEnd(';').Replace(" INTEGER", "").Replace(" REAL", "").Replace(" TEXT", "")));

    /// <summary>Names of the tables and of all columns.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Describe.Split([' ', ',', '(', ')', '\n'], StringSplitOptions.RemoveEmptyEntries).Distinct()];

    /// <summary>The tables, filled.</summary>
    public static SqliteConnection Fill(ProposalTask task)
    {
        SQLitePCL.Batteries_V2.Init();
        var db = new SqliteConnection("Data Source=:memory:;Pooling=False");
        db.Open();
        db.Execute(Schema);
        using var transaction = db.BeginTransaction();
        var seen = task.Seen;
        foreach (var e in seen.Experiments)
        {
            Add("findings", e.Id, ProposalTask.Source(e.Proposal), FindingTools.Word(e.Verdict), e.Effect, e.Interval?.Low, e.Interval?.High, e.Pairs.Count, e.Proposal.Predicted.Mean, e.Proposal.Predicted.Sd,
                e.Evidence?.Value, e.Evidence?.Bar, e.Flops / task.Run, e.Proposal.Hypothesis, e.Proposal.Mechanism, e.Reason);
            foreach (var (key, value) in e.Proposal.Change) Add("changes", e.Id, key, value);
            foreach (var (rung, s) in e.Screens.Index()) Add("screens", e.Id, rung, s.Fraction, s.Control, s.Treatment, s.Extrapolated, s.ExtrapolatedSd, s.Decision);
            foreach (var pair in e.Pairs) Add("pairs", "confirm", e.Id, pair.Index, pair.Control, pair.Treatment, pair.Difference);
        }
        foreach (var pair in seen.NullPairs) Add("pairs", "null", null, pair.Index, pair.Control, pair.Treatment, pair.Difference);
        foreach (var pair in seen.NudgePairs) Add("pairs", "nudge", null, pair.Index, pair.Control, pair.Treatment, pair.Difference);
        foreach (var run in seen.Runs.Where(run => run.Split == "val"))
        {
            Add("runs", run.Id, run.Experiment, run.Role.ToString(), run.Pair, run.Rung, run.Status, run.Value, run.Steps, run.Tokens, run.Flops, run.Parameters);
            foreach (var point in run.Curve) Add("curves", run.Id, point.Tokens, point.Loss);
        }
        foreach (var i in seen.Incidents) Add("incidents", i.Run, i.Experiment, i.Step, i.Severity, i.Action, i.Detector, i.Cause, i.Message);
        foreach (var (i, proposal) in task.Question.InFlight.Index()) Add("in_flight", seen.Experiments.Count + i + 1, ProposalTask.Source(proposal), FindingTools.Change(proposal), proposal.Hypothesis);
        foreach (var e in task.Earlier) Add("earlier", e.Study, e.Corpus, e.Experiment, e.Verdict, e.Effect, e.Low, e.High, FindingTools.Change(e.Change), e.Hypothesis);
        transaction.Commit();
        return db;

        void Add(string table, params object?[] values)
        {
            using var insert = db.CreateCommand();
            insert.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", values.Select((_, i) => $"@{i}"))})";
            foreach (var (i, value) in values.Index()) insert.Parameters.AddWithValue($"@{i}", value ?? DBNull.Value);
            insert.ExecuteNonQuery();
        }
    }
}

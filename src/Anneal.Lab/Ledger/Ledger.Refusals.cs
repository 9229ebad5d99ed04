using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>Records a proposal that was refused, or judged code that tried to win without learning; the same again changes nothing.</summary>
    /// <param name="study">Study.</param>
    /// <param name="experiment">Experiment that it was meant for or is, or null.</param>
    /// <param name="source">Who proposed.</param>
    /// <param name="rule">Which rule it broke, snake case.</param>
    /// <param name="detail">The evidence, in a sentence.</param>
    public void AddRefusal(string study, int? experiment, string source, string rule, string detail) => Write(
        """
        INSERT INTO refusals (study, experiment, source, rule, detail, made)
        SELECT @study, @experiment, @source, @rule, @detail, @now
        WHERE NOT EXISTS (SELECT 1 FROM refusals WHERE study = @study AND experiment IS @experiment AND source = @source AND rule = @rule AND detail = @detail)
        """, new { study, experiment, source, rule, detail, now = Now() });

    /// <summary>What was refused, in order.</summary>
    /// <param name="study">Study.</param>
    public IReadOnlyList<RefusalRecord> ReadRefusals(string study) => Read(db => ReadRefusals(db, study));

    private static List<RefusalRecord> ReadRefusals(SqliteConnection db, string study) => [.. db
        .Query("SELECT experiment, source, rule, detail FROM refusals WHERE study = @study ORDER BY id", new { study })
        .Select(row => new RefusalRecord((int?)(long?)row.experiment, (string)row.source, (string)row.rule, (string)row.detail))];
}

/// <summary>A refusal as the ledger holds it.</summary>
/// <param name="Experiment">Experiment that it was meant for or is, or null.</param>
/// <param name="Source">Who proposed.</param>
/// <param name="Rule">Which rule it broke, snake case.</param>
/// <param name="Detail">The evidence, in a sentence.</param>
public sealed record RefusalRecord(int? Experiment, string Source, string Rule, string Detail);

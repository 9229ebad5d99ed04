using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>Records a second opinion; of two on the same incident the first stays.</summary>
    /// <param name="study">Study.</param>
    /// <param name="diagnosis">What was said, and what the policy made of it.</param>
    public void AddDiagnosis(string study, DiagnosisRecord diagnosis) => Write(
        """
        INSERT OR IGNORE INTO diagnoses (study, run, step, detector, source, cause, confidence, action, explanation, taken, made)
        VALUES (@study, @Run, @Step, @Detector, @Source, @Cause, @Confidence, @Action, @Explanation, @Taken, @now)
        """,
        new { study, diagnosis.Run, diagnosis.Step, diagnosis.Detector, diagnosis.Source, diagnosis.Cause, diagnosis.Confidence, diagnosis.Action, diagnosis.Explanation, diagnosis.Taken, now = Now() });

    /// <summary>Second opinions in the order of their coming.</summary>
    /// <param name="study">Study.</param>
    public IReadOnlyList<DiagnosisRecord> ReadDiagnoses(string study) => Read(db => ReadDiagnoses(db, study));

    private static List<DiagnosisRecord> ReadDiagnoses(SqliteConnection db, string study) => db
        .Query<(string Run, long Step, string Detector, string Source, string Cause, double Confidence, string? Action, string Explanation, string Taken)>(
            "SELECT run, step, detector, source, cause, confidence, action, explanation, taken FROM diagnoses WHERE study = @study ORDER BY id", new { study })
        .Select(row => new DiagnosisRecord(row.Run, (int)row.Step, row.Detector, row.Source, row.Cause, row.Confidence, row.Action, row.Explanation, row.Taken)).ToList();
}

using Anneal.Benchmarks.Durability;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Microsoft.Data.Sqlite;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Ledger;

public sealed class InterventionTests : IDisposable
{
    private readonly TemporaryFolder lab = new();

    public void Dispose() => lab.Dispose();

    [Fact]
    public void What_was_done_is_recorded_once_with_before_and_after_though_a_study_holds_the_lab()
    {
        using var study = LabLedger.Open(lab.Directory);
        using var lease = study.TakeLease("first");
        var run = new RunDirectory(lab.File("run"));
        using (var ledger = LabLedger.Open(lab.Directory))
        {
            ledger.AddInterventions(run, [Line(InterventionState.Proposed, 100), Line(InterventionState.Applied, 80)]).ShouldBe(2);
            ledger.AddInterventions(run, [Line(InterventionState.Proposed, 100), Line(InterventionState.Applied, 80), Line(InterventionState.Kept, 130)]).ShouldBe(1);
        }

        using var reader = LabLedger.Open(lab.Directory);
        reader.ReadInterventions(lab.File("other")).ShouldBeEmpty();
        var rows = reader.ReadInterventions(run.Root);
        rows.Select(row => (row.State, row.Step)).ShouldBe([("proposed", 100), ("applied", 80), ("kept", 130)]);
        var kept = rows[^1];
        (kept.Action, kept.Cause, kept.Detector, kept.Seen, kept.Since, kept.Attempt, kept.Source).ShouldBe(("rewind", "optimizer", "divergence", 100, 95, 1, "policy"));
        (kept.Before["step"], kept.After["step"], kept.Expected).ShouldBe((100, 80, 3.5));
        reader.ReadInterventions().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("UPDATE interventions SET state = 'kept'")]
    [InlineData("DELETE FROM interventions")]
    public void Rows_cannot_be_changed_or_removed_even_by_hand(string sql)
    {
        using (var ledger = LabLedger.Open(lab.Directory)) ledger.AddInterventions(new(lab.File("run")), [Line(InterventionState.Proposed, 100)]);
        using var connection = new SqliteConnection($"Data Source={lab.File("lab.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;

        Should.Throw<SqliteException>(() => command.ExecuteNonQuery()).Message.ShouldContain("append-only: interventions");
    }

    private static Intervention Line(InterventionState state, int step) => new()
    {
        Id = 1,
        Branch = state == InterventionState.Proposed ? 0 : 1,
        Step = step,
        State = state,
        Action = IncidentAction.Rewind,
        Incident = new() { Step = 100, Severity = Severity.Act, Detector = "divergence", Cause = Cause.Optimizer, Message = "it broke" },
        Since = 95,
        Try = 1,
        Before = new Dictionary<string, double> { ["step"] = 100 },
        After = new Dictionary<string, double> { ["step"] = 80 },
        Expected = 3.5,
    };
}

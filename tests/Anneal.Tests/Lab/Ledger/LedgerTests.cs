using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs;
using Microsoft.Data.Sqlite;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Ledger;

public sealed class LedgerTests : IDisposable
{
    private readonly TemporaryFolder lab = new();

    public void Dispose() => lab.Dispose();

    private static StudySpec Spec(string name = "first") => new() { Study = name, Recipe = "/baseline.yaml", Parallel = 2, Space = new SearchSpace { Knobs = [new Knob("optimizer.lr", KnobType.Float, 1e-3, 1e-2, true, [])] } };

    private static Proposal Rope { get; } = new()
    {
        Source = "idea:rope",
        Hypothesis = "h",
        Mechanism = "m",
        Refutation = "r",
        Change = new Dictionary<string, string> { ["model.position.kind"] = "rope" },
        Predicted = new Prediction(0.02, 0.01),
    };

    [Fact]
    public void A_write_that_comes_after_the_end_says_so_and_opens_nothing()
    {
        var ledger = Anneal.Lab.Ledger.Ledger.Open(lab.Directory);
        ledger.TakeLease("first");
        ledger.Dispose();
        Should.Throw<ObjectDisposedException>(() => ledger.ExtendSitting(1, 2));
        ledger.Beat();
    }

    private static RunRecord Run(string id, int? experiment = null) => new()
    {
        Id = id,
        Study = "first",
        Experiment = experiment,
        Role = RunRole.Treatment,
        Recipe = "seed: 1\n",
        RecipeHash = "abc",
        Status = "done",
        Value = 2.5,
        Steps = 10,
        Tokens = 10_000,
        Flops = 1e9,
        Seconds = 0.5,
        Parameters = 1000,
        Curve = [new CurvePoint(100, 4), new CurvePoint(200, double.NaN)],
    };

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={lab.File("lab.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Fact]
    public void What_is_written_is_read_back_by_another_process_view()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var lease = ledger.TakeLease("first");
        ledger.AddStudy(Spec(), "seed: 1\n", new Dictionary<string, string> { ["host"] = "here" });
        var sitting = ledger.BeginSitting("first", 600);
        ledger.AddProposal("first", 1, 0, Rope, "id1", "control", "treatment");
        ledger.AddRun("e1/control/0", Run("a", 1), null, [new IncidentRecord("a", 1, 3, "warn", "none", "divergence", "optimizer", "loss rose")]);
        ledger.AddRun("e1/treatment/0", Run("b", 1), null, []);
        ledger.AddPair("first", PairKind.Confirm, 1, new PairRecord(0, 2.6, 2.5, "a", "b"));
        ledger.AddScreen("first", 1, 0, new ScreenRecord(0.25, 3, 2.9, 0.1, 0.02, "promote", "better"));
        ledger.AddVerdict("first", new ExperimentRecord { Id = 1, Identity = "id1", Proposal = Rope, Status = "done", Verdict = Verdict.Confirmed, Reason = "why", Effect = 0.1, Interval = (0.05, 0.15), Evidence = (30, 20), ControlRecipe = "c", TreatmentRecipe = "t" }, "t");
        ledger.OpenSeal("first", "test/bpb", "seed: 1\n", "t");
        ledger.CloseSeal("first", new SealedRecord("test/bpb", [], 0.1, 0.05, 0.15));
        ledger.ExtendSitting(sitting, 12, "done");

        using var reader = LabLedger.Open(lab.Directory);
        var study = reader.ReadStudy("first");
        study.Spec.Space.Knobs.ShouldBe(Spec().Space.Knobs, ignoreOrder: false, comparer: new KnobComparer());
        study.Champion.ShouldBe("t");
        study.Status.ShouldBe("done");
        study.SealedOpenings.ShouldBe(1);
        study.Sealed!.Effect.ShouldBe(0.1);
        study.SecondsSpent.ShouldBe(12);
        study.Spec.Budget.Seconds.ShouldBe(600);
        study.FlopsSpent.ShouldBe(2e9);
        study.Incidents.ShouldHaveSingleItem().Cause.ShouldBe("optimizer");
        study.Runs[0].Curve.Count.ShouldBe(2);
        double.IsNaN(study.Runs[0].Curve[1].Loss).ShouldBeTrue();
        var experiment = study.Experiments.ShouldHaveSingleItem();
        experiment.Verdict.ShouldBe(Verdict.Confirmed);
        experiment.Pairs.ShouldHaveSingleItem().Difference.ShouldBe(0.1, 1e-12);
        experiment.Screens.ShouldHaveSingleItem().Decision.ShouldBe("promote");
        experiment.Interval.ShouldBe((0.05, 0.15));
        experiment.Evidence.ShouldBe((30, 20));
        experiment.Flops.ShouldBe(2e9);
        experiment.Proposal.Change["model.position.kind"].ShouldBe("rope");
        reader.FindRun("first", "e1/control/0")!.Id.ShouldBe("a");
        reader.FindRun("first", "e1/control/1").ShouldBeNull();
    }

    [Theory]
    [InlineData("UPDATE runs SET value = 0")]
    [InlineData("DELETE FROM runs")]
    [InlineData("UPDATE verdicts SET verdict = 'Confirmed'")]
    [InlineData("DELETE FROM verdicts")]
    [InlineData("UPDATE pairs SET control = 9")]
    [InlineData("DELETE FROM pairs")]
    [InlineData("UPDATE studies SET spec = ''")]
    [InlineData("DELETE FROM proposals")]
    [InlineData("DELETE FROM openings")]
    [InlineData("UPDATE openings SET champion = 'other'")]
    [InlineData("DELETE FROM incidents")]
    public void Finished_rows_cannot_be_changed_or_removed_even_by_hand(string sql)
    {
        using (var ledger = LabLedger.Open(lab.Directory))
        {
            using var lease = ledger.TakeLease("first");
            ledger.AddStudy(Spec(), "", new Dictionary<string, string>());
            ledger.AddProposal("first", 1, 0, Rope, "id1", "control", "treatment");
            ledger.AddRun("a", Run("a"), null, [new IncidentRecord("a", 1, 3, "warn", "none", "divergence", "optimizer", "loss rose")]);
            ledger.AddPair("first", PairKind.Null, 0, new PairRecord(0, 1, 1, "a", "a"));
            ledger.AddVerdict("first", new ExperimentRecord { Id = 1, Identity = "id1", Proposal = Rope, Status = "done", Verdict = Verdict.Rejected, Reason = "why" }, "");
            ledger.OpenSeal("first", "test/bpb", "a", "b");
        }
        Should.Throw<SqliteException>(() => Sql(sql)).Message.ShouldContain("append-only");
    }

    [Fact]
    public void A_run_is_recorded_once()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var lease = ledger.TakeLease("first");
        ledger.AddStudy(Spec(), "", new Dictionary<string, string>());
        ledger.AddRun("job", Run("a"), null, []);
        Should.Throw<SqliteException>(() => ledger.AddRun("job", Run("b"), null, [])).Message.ShouldContain("UNIQUE");
    }

    [Fact]
    public void The_sealed_split_is_opened_once_a_study_and_counted_across_the_lab()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var lease = ledger.TakeLease("first");
        ledger.AddStudy(Spec(), "base", new Dictionary<string, string>());
        ledger.AddStudy(Spec("second"), "base", new Dictionary<string, string>());
        ledger.OpenSeal("first", "test/bpb", "base", "champion");
        ledger.OpenSeal("first", "test/bpb", "base", "champion");
        Should.Throw<InputException>(() => ledger.OpenSeal("first", "test/bpb", "base", "another")).Message.ShouldContain("opened once");
        ledger.OpenSeal("second", "test/bpb", "base", "another");
        ledger.ReadStudy("first").SealedOpenings.ShouldBe(2);
    }

    [Fact]
    public void A_null_answer_of_the_researcher_is_remembered_as_an_answer()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var lease = ledger.TakeLease("first");
        ledger.AddStudy(Spec(), "", new Dictionary<string, string>());
        ledger.TryFindProposal("first", 1, 0, out _).ShouldBeFalse();
        ledger.AddProposal("first", 1, 0, null, null, null, null);
        ledger.TryFindProposal("first", 1, 0, out var answer).ShouldBeTrue();
        answer.ShouldBeNull();
        ledger.ReadStudy("first").Experiments.ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_study_is_answered_with_the_nearest_name()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        Should.Throw<InputException>(() => ledger.ReadStudy("first")).Message.ShouldContain("anneal study run");
        using var lease = ledger.TakeLease("first");
        ledger.AddStudy(Spec(), "", new Dictionary<string, string>());
        Should.Throw<InputException>(() => ledger.ReadStudy("frist")).Message.ShouldContain("did you mean `first`?");
        ledger.ListStudies().ShouldBe(["first"]);
    }

    [Fact]
    public void A_damaged_file_and_a_newer_one_are_refused_with_a_way_out()
    {
        File.WriteAllText(lab.File("lab.db"), new string('x', 5000));
        Should.Throw<InputException>(() => LabLedger.Open(lab.Directory)).Message.ShouldContain("Restore it from a copy");
        File.Delete(lab.File("lab.db"));
        LabLedger.Open(lab.Directory).Dispose();
        Sql("PRAGMA user_version = 99");
        Should.Throw<InputException>(() => LabLedger.Open(lab.Directory)).Message.ShouldContain("newer Anneal (schema 99");
    }

    [Fact]
    public void A_lab_that_cannot_be_made_is_refused_with_a_way_out()
    {
        File.WriteAllText(lab.File("occupied"), "");
        Should.Throw<InputException>(() => LabLedger.Open(lab.File("occupied"))).Message.ShouldContain("--lab DIR");
    }

    private sealed class KnobComparer : IEqualityComparer<Knob>
    {
        public bool Equals(Knob? x, Knob? y) => x! with { Values = [] } == y! with { Values = [] } && x.Values.SequenceEqual(y.Values);

        public int GetHashCode(Knob knob) => StringComparer.Ordinal.GetHashCode(knob.Key);
    }
}

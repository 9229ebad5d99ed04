using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Tests.Lab.Research.Tools;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Ledger;

public sealed class EarlierFindingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-earlier").FullName;

    [Fact]
    public void A_study_knows_what_others_had_found_when_it_was_started_and_nothing_later()
    {
        using var ledger = LabLedger.Open(folder);
        using var lease = ledger.TakeLease("first");
        Start(ledger, "first");
        Decide(ledger, 1, "model.layers", "6", Verdict.Rejected);
        ledger.AddProposal("first", 2, 1, null, null, null, null);
        ledger.OpenSeal("first", "test/bpb", "", "");
        // Times are kept to the millisecond.
        Thread.Sleep(5);
        Start(ledger, "second");
        Thread.Sleep(5);
        Decide(ledger, 3, "model.width", "64", Verdict.Confirmed);

        var finding = ledger.ReadEarlier("second").ShouldHaveSingleItem();
        (finding.Study, finding.Experiment, finding.Verdict, finding.Corpus).ShouldBe(("first", 1, "rejected", "man-pages"));
        finding.Effect.ShouldBe(-0.01);
        finding.Change.ShouldBe(new Dictionary<string, string> { ["model.layers"] = "6" });
        ledger.ReadEarlier("first").ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Start(LabLedger ledger, string name) =>
        ledger.AddStudy(new StudySpec { Study = name, Recipe = "r.yaml", Corpus = "man-pages" }, "", new Dictionary<string, string>());

    private static void Decide(LabLedger ledger, int number, string key, string value, Verdict verdict)
    {
        var proposal = ToolFixture.Proposal("search", key, value);
        ledger.AddProposal("first", number, number - 1, proposal, $"id{number}", "", "");
        ledger.AddVerdict("first", new ExperimentRecord { Id = number, Identity = $"id{number}", Proposal = proposal, Status = "done", Verdict = verdict, Effect = -0.01, Reason = "r" }, "");
    }
}

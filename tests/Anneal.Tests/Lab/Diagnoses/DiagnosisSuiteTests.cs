using Anneal.Benchmarks.Diagnoses;

namespace Anneal.Tests.Lab.Diagnoses;

public sealed class DiagnosisSuiteTests
{
    [Fact]
    public void Runs_that_are_really_broken_are_seen_and_their_scripted_opinions_arrive_without_acting()
    {
        var rows = DiagnosisSuite.Run([]).ToList();
        rows.ShouldAllBe(row => row.Met != false);
        rows.Single(row => row.Name == "second opinions in the ledger").Value.ShouldBe(BrokenRun.All.Count);
        rows.Where(row => row.Name.Contains("transcript")).ShouldAllBe(row => row.How.Contains("no evidence about any model"));
    }
}

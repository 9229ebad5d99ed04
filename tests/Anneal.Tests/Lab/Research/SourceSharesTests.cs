using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Lab.Research;

public class SourceSharesTests
{
    private const double Run = 1e12;

    private static readonly string[] sources = [ProposalSource.Model, ProposalSource.Embedded, ProposalSource.Inbox];

    private static readonly Arbitrary<ExperimentRecord[]> records = (
        from source in Gen.Elements("model:m", "search", "inbox")
        from verdict in Gen.Elements(Verdict.Confirmed, Verdict.Rejected, Verdict.Inconclusive, Verdict.Invalid)
        from runs in Gen.Choose(0, 40)
        select Experiment(source, verdict, runs * Run)).ArrayOf().ToArbitrary();

    [Fact]
    public void Shares_sum_to_one_and_none_is_below_the_floor() => Hold(records, record =>
    {
        var shares = SourceShares.Of(sources, record, Run);
        return Math.Abs(shares.Sum() - 1) < 1e-12 && shares.All(share => share >= SourceShares.Floor - 1e-12);
    });

    [Fact]
    public void A_confirmation_raises_its_sources_share_and_a_failure_lowers_it() => Hold(records, record =>
    {
        var before = SourceShares.Of(sources, record, Run);
        for (var i = 0; i < sources.Length; i++)
        {
            var name = sources[i] == ProposalSource.Model ? "model:m" : sources[i];
            var failed = SourceShares.Of(sources, [.. record, Experiment(name, Verdict.Rejected, Run)], Run)[i];
            var confirmed = SourceShares.Of(sources, [.. record, Experiment(name, Verdict.Confirmed, Run)], Run)[i];
            if (failed >= before[i] || confirmed <= failed) return false;
        }
        return true;
    });

    [Fact]
    public void The_order_of_the_record_does_not_matter() => Hold(records, record =>
        SourceShares.Of(sources, record, Run).Zip(SourceShares.Of(sources, [.. record.Reverse()], Run)).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12));

    [Fact]
    public void Before_anything_is_known_all_are_alike() => SourceShares.Of(["model", "embedded"], [], Run).ShouldAllBe(share => Math.Abs(share - 0.5) < 1e-12);

    [Fact]
    public void A_source_whose_proposals_are_confirmed_more_cheaply_gets_more_turns()
    {
        var record = new List<ExperimentRecord>();
        var turns = new int[2];
        for (var k = 0; k < 60; k++)
        {
            var next = SourceShares.Next(SourceShares.Of(["model", "embedded"], record, Run), turns);
            turns[next]++;
            // One in two of the model's is confirmed, one in ten of the search's, at the same price.
            record.Add(next == 0
                ? Experiment("model:m", turns[0] % 2 == 0 ? Verdict.Confirmed : Verdict.Rejected, 6 * Run)
                : Experiment("search", turns[1] % 10 == 0 ? Verdict.Confirmed : Verdict.Rejected, 6 * Run));
        }
        turns[0].ShouldBeGreaterThan(2 * turns[1]);
        turns[1].ShouldBeGreaterThanOrEqualTo(8);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.85, 0.15)]
    [InlineData(0.3, 0.7)]
    public void Turns_follow_the_shares_to_within_one(double first, double second)
    {
        var turns = new int[2];
        for (var k = 1; k <= 200; k++)
        {
            turns[SourceShares.Next([first, second], turns)]++;
            Math.Abs(turns[0] - first * k).ShouldBeLessThanOrEqualTo(1);
        }
    }

    private static void Hold(Arbitrary<ExperimentRecord[]> record, Func<ExperimentRecord[], bool> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(record, law));

    private static ExperimentRecord Experiment(string source, Verdict verdict, double flops) => new()
    {
        Id = 1,
        Identity = "",
        Status = "done",
        Verdict = verdict,
        Flops = flops,
        Proposal = new() { Source = source, Hypothesis = "", Mechanism = "", Refutation = "", Change = new Dictionary<string, string>(), Predicted = new(0, 1) },
    };
}

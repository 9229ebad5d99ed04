using Anneal.Lab.Research;

namespace Anneal.Tests.Lab.Research;

public class MixedResearcherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly Scripted model = new("model:m");
    private readonly Scripted embedded = new("search");
    private readonly List<(int Number, string Source, string Reason)> absences = [];
    private readonly List<Proposal> before = [];

    [Fact]
    public async Task Two_equal_sources_take_turns_the_first_one_first()
    {
        var asked = new List<string>();
        for (var k = 0; k < 6; k++) asked.Add((await NextAsync())!.Source);
        asked.ShouldBe(["model:m", "search", "model:m", "search", "model:m", "search"]);
        absences.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_absent_model_is_stood_in_for_and_the_proposal_says_why()
    {
        model.Failure = "no network";
        var proposal = (await NextAsync())!;
        proposal.Source.ShouldBe("search");
        (proposal.AskedOf, proposal.InsteadOf).ShouldBe((ProposalSource.Model, "no network"));
        absences.ShouldBe([(1, ProposalSource.Model, "no network")]);
    }

    [Fact]
    public async Task A_model_that_stays_away_is_asked_ever_more_rarely_and_comes_back_when_it_answers()
    {
        model.Failure = "no network";
        for (var k = 0; k < 80; k++) (await NextAsync()).ShouldNotBeNull();
        model.Asked.ShouldBeInRange(5, 9);
        // At most 16 proposals later it is asked again, answers, and has its share from then on.
        model.Failure = null;
        for (var k = 0; k < 40; k++) await NextAsync();
        before[80..].Count(proposal => proposal.Source == "model:m").ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Who_is_asked_depends_on_the_record_alone()
    {
        model.Failure = "no network";
        for (var k = 0; k < 20; k++) await NextAsync();
        var asked = model.Asked;
        // A new sitting with the same record asks the same source.
        var fresh = new MixedResearcher(1e12, [("model", model), ("embedded", embedded)]);
        (await fresh.ProposeAsync(Question(), Cancel))!.InsteadOf.ShouldBe((await Mixed().ProposeAsync(Question(), Cancel))!.InsteadOf);
        (model.Asked - asked).ShouldBeOneOf(0, 2);
    }

    [Fact]
    public async Task When_the_search_has_nothing_left_the_model_is_asked_out_of_turn()
    {
        embedded.Empty = true;
        for (var k = 0; k < 4; k++) (await NextAsync())!.Source.ShouldBe("model:m");
        model.Empty = true;
        (await NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_handed_in_goes_first_and_takes_nobodys_turn()
    {
        var inbox = new Scripted("inbox");
        var mixed = new MixedResearcher(1e12, [("model", model), ("embedded", embedded)], inbox);
        (await mixed.ProposeAsync(Question(), Cancel))!.Source.ShouldBe("inbox");
        inbox.Empty = true;
        (await mixed.ProposeAsync(Question(), Cancel))!.Source.ShouldBe("model:m");
    }

    private MixedResearcher Mixed() => new(1e12, [("model", model), ("embedded", embedded)], null, (number, source, reason) => absences.Add((number, source, reason)));

    private async Task<Proposal?> NextAsync()
    {
        var proposal = await Mixed().ProposeAsync(Question(), Cancel);
        if (proposal is not null) before.Add(proposal);
        return proposal;
    }

    private ResearchQuestion Question()
    {
        var fixture = new StudyFixture();
        return new() { Seen = fixture.Record, Champion = fixture.Champion, Tried = fixture.Tried, Number = before.Count + 1, InFlight = [.. before] };
    }

    private sealed class Scripted(string source) : IResearcher
    {
        public int Asked { get; private set; }

        public string? Failure { get; set; }

        public bool Empty { get; set; }

        public Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
        {
            Asked++;
            if (Failure is { } reason) throw new ResearcherAbsentException(reason);
            return Task.FromResult(Empty ? null : new Proposal { Source = source, Hypothesis = "", Mechanism = "", Refutation = "", Change = new Dictionary<string, string>(), Predicted = new(0, 1) });
        }
    }
}

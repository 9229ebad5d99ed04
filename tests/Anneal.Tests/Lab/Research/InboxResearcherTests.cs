using Anneal.Lab.Code;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Lab.Subjects;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Research;

public sealed class InboxResearcherTests : IDisposable
{
    private readonly string lab = Directory.CreateTempSubdirectory("anneal-inbox-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(lab, recursive: true);

    [Fact]
    public async Task What_was_handed_in_first_comes_first_and_before_all_other_sources()
    {
        var inbox = new Inbox(lab, "s");
        inbox.Add(Rate("0.004"));
        inbox.Add(Rate("0.005"));
        var researcher = Researcher(inbox);

        var first = (await researcher.ProposeAsync(Question(), Cancel))!;
        first.Change["optimizer.lr"].ShouldBe("0.004");
        var second = (await researcher.ProposeAsync(Question(first), Cancel))!;
        second.Change["optimizer.lr"].ShouldBe("0.005");
        (await researcher.ProposeAsync(Question(first, second), Cancel))!.Source.ShouldBe("other");
        Directory.GetFiles(Path.Combine(inbox.Directory, "taken")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_proposal_stays_until_the_study_knows_it_so_that_a_kill_loses_none()
    {
        var inbox = new Inbox(lab, "s");
        inbox.Add(Rate("0.004"));
        var before = await Researcher(inbox).ProposeAsync(Question(), Cancel);
        // The process dies here, before the ledger has it; the next sitting asks again.
        var after = await Researcher(inbox).ProposeAsync(Question(), Cancel);
        after!.Change.ShouldBe(before!.Change);
    }

    [Theory]
    [InlineData("optimizer.lrr", "0.004", "did you mean `optimizer.lr`?")]
    [InlineData("optimizer.lr", "fast", "expected")]
    [InlineData("budget.flops", "1e20", "cannot be changed")]
    [InlineData("model.heads", "7", "heads")]
    public async Task What_cannot_become_an_experiment_is_laid_aside_with_its_reason(string key, string value, string reason)
    {
        var inbox = new Inbox(lab, "s");
        var name = inbox.Add(Proposal("mcp:test", key, value));
        (await Researcher(inbox).ProposeAsync(Question(), Cancel))!.Source.ShouldBe("other");
        inbox.Waiting().ShouldBeEmpty();
        File.ReadAllText(Path.Combine(inbox.Directory, "refused", name + ".txt")).ShouldContain(reason);
    }

    [Fact]
    public async Task A_file_that_is_no_proposal_is_laid_aside_too()
    {
        var inbox = new Inbox(lab, "s");
        inbox.Add(Rate("0.004"));
        File.WriteAllText(Path.Combine(inbox.Directory, "0.json"), "{\"source\": \"x\"");
        (await Researcher(inbox).ProposeAsync(Question(), Cancel))!.Change["optimizer.lr"].ShouldBe("0.004");
        File.Exists(Path.Combine(inbox.Directory, "refused", "0.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_anybody_else_it_waits_until_something_is_handed_in()
    {
        var inbox = new Inbox(lab, "s");
        var heard = new Listener();
        var asking = new InboxResearcher(inbox, waits: true, heard).ProposeAsync(Question(), Cancel);
        while (!heard.Of<Anneal.Lab.ProposalAwaited>().Any()) await Task.Delay(10, Cancel);
        asking.IsCompleted.ShouldBeFalse();
        inbox.Add(Rate("0.004"));
        (await asking)!.Change["optimizer.lr"].ShouldBe("0.004");
    }

    [Fact]
    public void Code_is_compiled_and_edits_are_held_against_the_study_before_a_proposal_is_taken_in()
    {
        var study = Question().Seen;
        var code = Rate("0.004") with { Change = new Dictionary<string, string>(), Code = new ProposedCode(CodeKind.Schedule, "public sealed class Odd : CustomSchedule { public override double Rate(long step, long steps) => one; }") };
        ProposalCheck.FlawOf(code, study)!.ShouldContain("one");
        ProposalCheck.FlawOf(code with { Code = code.Code! with { Source = code.Code.Source.Replace("one", "1") } }, study).ShouldBeNull();
        ProposalCheck.FlawOf(Rate("0.004") with { Edits = [new FileEdit("train.py", "x = 1")] }, study)!.ShouldContain("of our own trainer");

        var repository = study with { Spec = study.Spec with { Subject = new SubjectSpec { Path = "/repository", Command = "python3 train.py", Edit = ["train.py"] } } };
        ProposalCheck.FlawOf(Rate("0.004"), repository)!.ShouldContain("of a repository");
        var edit = Rate("0.004") with { Change = new Dictionary<string, string>(), Edits = [new FileEdit("trian.py", "x = 1")] };
        ProposalCheck.FlawOf(edit, repository)!.ShouldContain("did you mean `train.py`?");
        ProposalCheck.FlawOf(edit with { Edits = [new FileEdit("train.py", "x = 1")] }, repository).ShouldBeNull();
    }

    private static MixedResearcher Researcher(Inbox inbox) => new(1e9, [("embedded", new Other())], new InboxResearcher(inbox, waits: false, null));

    private static Proposal Rate(string value) => Proposal("mcp:test", "optimizer.lr", value);

    private static Proposal Proposal(string source, string key, string value) => new()
    {
        Source = source,
        Hypothesis = $"{key} {value}",
        Mechanism = "m",
        Refutation = "r",
        Change = new Dictionary<string, string> { [key] = value },
        Predicted = new Prediction(0.01, 0.01),
    };

    private static ResearchQuestion Question(params Proposal[] inFlight)
    {
        var recipe = new Recipe();
        recipe = recipe with { Budget = recipe.Budget with { Flops = 1e9 } };
        return new ResearchQuestion
        {
            Seen = new StudyRecord { Spec = new Anneal.Lab.StudySpec { Study = "s", Recipe = "r" }, Baseline = recipe.ToYaml(), Champion = recipe.ToYaml(), Status = "running" },
            Champion = recipe,
            Tried = new HashSet<string>(),
            Number = inFlight.Length + 1,
            InFlight = inFlight,
            FlawOf = (changed, _) => RecipeRules.Check(changed) is [var problem, ..] ? problem.ToString() : null,
        };
    }

    private sealed class Other : IResearcher
    {
        public Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel) => Task.FromResult<Proposal?>(Proposal("other", "optimizer.lr", "0.01"));
    }
}

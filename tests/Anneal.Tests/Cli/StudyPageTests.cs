using Anneal.Cli.Live;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Live;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Tests.Lab.Reports;
using Spectre.Console;

namespace Anneal.Tests.Cli;

public class StudyPageTests
{
    private static readonly StudyRecord Study = SampleStudy.Finished();

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(140)]
    public void Every_line_fits_the_terminal_and_leaves_room_for_an_echo(int width)
    {
        foreach (var line in Page(Halfway(), width).Split('\n'))
            line.TrimEnd().Length.ShouldBeLessThanOrEqualTo(width - 4);
    }

    [Fact]
    public void It_shows_what_is_tried_and_why_the_curves_the_evidence_and_the_champion()
    {
        var page = Page(Halfway(), 140);
        page.ShouldContain("Squared ReLU trains faster in small models");
        page.ShouldContain("Because the optimum of a short run lies elsewhere");
        page.ShouldContain("model.mlp.kind: relu2");
        page.ShouldContain("e = ");
        page.ShouldContain("█▅▁");
        page.ShouldContain("champion: 2.3834 (+0.0286 on the baseline): position: rope");
        page.ShouldContain("500 GFLOP of 30.0 TFLOP");
        page.ShouldContain("1 confirmed · 1 inconclusive · 1 in flight");
    }

    [Fact]
    public void It_shows_who_proposed_and_what_the_model_costs_and_why_it_is_away()
    {
        var board = Halfway();
        board.Add(new CostEstimated(new StudyEstimate("big-model", 6, 0.2, 0.8, 2.5, 400_000, 0.7, 5)));
        Page(board, 140).ShouldContain("big-model will probably cost $0.80 for 6 proposals");
        board.Add(new ModelCalled("proposal/4", "big-model", new ModelUsage(100, 200, 300), 0.0123, 0.34, 0.75));
        var page = Page(board, 140);
        page.ShouldContain("big-model: $0.34 of $5.00");
        page.ShouldContain("1 call");
        page.ShouldContain("75% read from the cache");
        page.ShouldContain($"by {Study.Experiments[3].Proposal.Source}");
        board.Add(new ResearcherAbsent(5, "model", "the money is used up"));
        Page(board, 140).ShouldContain("no proposal of the model; the money is used up");
    }

    [Fact]
    public void Foreign_text_cannot_steer_the_terminal()
    {
        var board = Board();
        board.Add(new ExperimentProposed(7, Study.Experiments[6].Proposal));
        Page(board, 300).ShouldNotContain('\u001b');
    }

    [Fact]
    public void A_board_without_events_has_a_page() => Page(Board(), 80).ShouldContain("Opening the lab.");

    private static StudyBoard Board() => new(Study.Spec.Budget with { Usd = 5 }, 0);

    private static StudyBoard Halfway()
    {
        var board = Board();
        var run = Study.Runs[0] with { Value = 2.412, Flops = 5e11 };
        board.Add(new RunFinished(run));
        board.Add(new PhaseStarted(StudyPhase.Experiments, "Experimenting: up to 14, 2 side by side."));
        foreach (var experiment in Study.Experiments.Take(2))
        {
            board.Add(new ExperimentProposed(experiment.Id, experiment.Proposal));
            board.Add(new VerdictGiven(experiment));
        }

        var current = Study.Experiments[3];
        board.Add(new ExperimentProposed(4, current.Proposal));
        board.Add(new PairJudged(4, current.Pairs[0], AcceptanceGate.Judge([0.041, 0.032, 0.038], Study.Spec.Acceptance, 53, 0.006)));
        board.Add(new RunStarted("r1", 4, RunRole.Treatment, 3, 1, 4));
        foreach (var (step, loss) in new[] { (1, 6.0), (2, 5.2), (4, 4.4) })
            board.Add(new RunProgressed("r1", step, new CurvePoint(step * 2048, loss)));
        return board;
    }

    private static string Page(StudyBoard board, int width)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(StudyPage.Of(board, "first-study", "Ctrl+C stops and saves.", width));
        return writer.ToString();
    }
}

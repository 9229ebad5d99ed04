using Anneal.Cli.Live;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;
using Spectre.Console;

namespace Anneal.Tests.Cli.Live;

public sealed class RunPageTests
{
    [Fact]
    public void A_run_with_a_spike_is_one_page_of_text() => Page(Spiked(), 76).ShouldBe(
        """
        python train.py  running · step 150 of 200 █████████··· 25 s left
        loss 1.9988 (expected 1.72 to 2.32) · held out 2.1000 at 150
        grad norm 0.41 · lr 3e-4 · 195 k tokens/s · 0.500 s a step
           4.60 │⠉⠲⢄
                │  ⠈⠢⡄ ░                        ⡏⡇
                │    ⠈⠓⢤⣀░░                     ⡇⡇
                │      ░⠈⠑⠦⢄⣀░░░░               ⡇⡇
                │        ░░░░⠙⠒⠢⠤⢄⣀⣀░░░░░░░░░░░░⡇⡇
           1.99 │             ░░░░░⠈⠉⠉⠉⠑⠒⠒⠒⠢⠔⠤⠤⠤⠃⠧⠤⢄⠤⣄⡤⣄⠤⣀⡤⣀⣤⣀⣠⣀
           seen │                  △           ▲
           done │                               «
            100  act  rewind: The loss is 2.00 nats above what was expected. (d…
             60  warn Nearly every step is clipped. (optimizer)
                 Went back to step 90 and skipped 10 batches.
        Kept in runs/x
        """);

    [Fact]
    public void Before_the_first_step_the_page_says_so() => Page(new RunBoard(), 60).ShouldBe(
        """
        python train.py  starting
        no step heard yet
        Kept in runs/x
        """);

    [Theory]
    [InlineData(40)]
    [InlineData(61)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        var board = Spiked();
        board.Add(new WatchNotice(new string('x', 500) + "\u001b[31m[red]"));

        Page(board, width).Split('\n').ShouldAllBe(line => line.Length <= width && !line.Contains('\u001b'));
    }

    [Fact]
    public void Losses_that_are_not_finite_are_crosses_at_the_top()
    {
        var board = new RunBoard();
        for (var step = 1; step <= 120; step++) board.Add(new StepHeard(new() { Step = step, Loss = step > 90 ? double.NaN : 4 - 0.02 * step }, null));

        Page(board, 60).Split('\n')[2].ShouldEndWith("××××");
        Page(board, 60).ShouldContain("loss NaN");
    }

    [Fact]
    public void A_million_steps_take_the_bins_of_five_hundred()
    {
        var bins = new CurveBins();
        for (var step = 1; step <= 1_000_000; step++) bins.Add(step, step, null);

        bins.Count.ShouldBeInRange(256, 512);
        (bins.All[0].First, bins.All[^1].Last).ShouldBe((1, 1_000_000));
        bins.All[0].Loss.ShouldBe((bins.All[0].First + bins.All[0].Last) / 2.0);
    }

    private static RunBoard Spiked()
    {
        var board = new RunBoard { Steps = 200 };
        board.Add(new CommandStarted(1, 4711));
        for (var step = 1; step <= 150; step++)
        {
            var expected = 2 + 3 * Math.Exp(-step / 30.0);
            var loss = expected + (step is >= 100 and < 104 ? 2 : 0.03 * Math.Sin(step));
            board.Add(new StepHeard(new() { Step = step, Loss = loss, Time = 0.5 * step, GradNorm = 0.41, LearningRate = 3e-4, TokensPerSecond = 195_000 }, step > 20 ? new LossBand(expected, expected - 0.3, expected + 0.3) : null));
        }
        board.Add(new MeasurementHeard(150, new Dictionary<string, double> { ["val/loss"] = 2.1 }));
        board.Add(new IncidentRaised(new Incident { Step = 60, Severity = Severity.Warn, Detector = "clip", Cause = Cause.Optimizer, Message = "Nearly every step is clipped." }));
        board.Add(new IncidentRaised(new Incident { Step = 100, Severity = Severity.Act, Action = IncidentAction.Rewind, Detector = "spike", Cause = Cause.Data, Message = "The loss is 2.00 nats above what was expected." }));
        board.Add(new InterventionTold(101, IncidentAction.Rewind, "applied", "Went back to step 90 and skipped 10 batches."));
        return board;
    }

    private static string Page(RunBoard board, int width)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Write(RunPage.Of(board, "python train.py", "Kept in runs/x", width));
        return string.Join('\n', text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()));
    }
}

using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

public sealed class MetricsAuditTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    private static string Line(int step, int? tokens = null) => $"{{\"step\":{step},\"train/loss\":3.5,\"train/tokens\":{tokens ?? step * 10}}}\n";

    private MetricsAudit After(params int[] steps)
    {
        var audit = new MetricsAudit(path, batchTokens: 10, steps: 5);
        foreach (var step in steps)
        {
            File.AppendAllText(path, Line(step));
            audit.Look().ShouldBeNull();
        }
        return audit;
    }

    [Fact]
    public void A_whole_run_passes_also_when_a_line_comes_in_pieces()
    {
        using var audit = After(1, 2, 3, 4);
        File.AppendAllText(path, Line(5)[..9]);
        audit.Look().ShouldBeNull();
        File.AppendAllText(path, Line(5)[9..]);
        audit.End(finished: true).ShouldBeNull();
        audit.LastStep.ShouldBe(5);
    }

    [Fact]
    public void Earlier_lines_cannot_change()
    {
        using var audit = After(1, 2, 3, 4, 5);
        File.WriteAllText(path, File.ReadAllText(path).Replace("3.5", "1.5"));
        audit.End(finished: true).ShouldNotBeNull().Detail.ShouldContain("rewritten");
    }

    [Fact]
    public void Lines_cannot_be_taken_back()
    {
        using var audit = After(1, 2, 3);
        File.WriteAllText(path, Line(1));
        audit.Look().ShouldNotBeNull().Detail.ShouldContain("became shorter after step 3");
    }

    [Fact]
    public void A_run_that_goes_on_may_take_back_what_it_said_before_it_was_interrupted()
    {
        File.WriteAllText(path, Line(1) + Line(2));
        using var audit = new MetricsAudit(path, batchTokens: 10, steps: 5);
        audit.Look().ShouldBeNull();
        File.WriteAllText(path, Line(1));
        audit.Look().ShouldBeNull();
        File.AppendAllText(path, Line(2));
        audit.End(finished: false).ShouldBeNull();
    }

    [Theory]
    [InlineData(4, 40, "from step 2 to step 4")]
    [InlineData(2, 20, "from step 2 to step 2")]
    [InlineData(3, 31, "claims 31 tokens at step 3")]
    public void Steps_and_tokens_add_up(int step, int tokens, string words)
    {
        using var audit = After(1, 2);
        File.AppendAllText(path, Line(step, tokens));
        audit.Look().ShouldNotBeNull().Detail.ShouldContain(words);
    }

    [Fact]
    public void A_run_that_says_it_is_done_has_done_all_steps()
    {
        using var audit = After(1, 2);
        audit.End(finished: true).ShouldNotBeNull().Detail.ShouldContain("ends at step 2; the run has 5");
        audit.End(finished: false).ShouldBeNull();
    }

    [Fact]
    public void A_line_that_is_no_step_is_no_metric()
    {
        using var audit = After(1);
        File.AppendAllText(path, "{\"val/bpb\":0.1}\n");
        audit.Look().ShouldNotBeNull().Rule.ShouldBe("metrics_tampered");
    }
}

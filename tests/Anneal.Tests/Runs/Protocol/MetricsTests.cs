using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Protocol;

public sealed class MetricsTests : IDisposable
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("anneal-metrics-").FullName, "metrics.jsonl");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, true);

    [Fact]
    public void Steps_are_read_back_as_they_were_written()
    {
        var full = new StepMetrics
        {
            Step = 7,
            Loss = 0.1 + 0.2,
            Time = 1.5,
            Tokens = 12345678901,
            LearningRate = 3e-3,
            GradNorm = 1.0 / 3,
            UpdateNorm = 1e-300,
            ParamNorm = 40,
            Nonfinite = false,
            Clipped = true,
            BatchHash = "00ff00ff00ff00ff",
            RepeatFraction = 0.25,
            TokenEntropy = 4.5,
            StepSeconds = 0.0125,
            TokensPerSecond = 1e5,
            RssMb = 80.5,
            Extra = new Dictionary<string, double> { ["train/grad_norm/block.0"] = 0.5, ["model/max_attn_logit"] = double.NaN },
        };
        StepMetrics[] steps = [full, new() { Step = 8, Loss = double.NaN, GradNorm = double.PositiveInfinity, ParamNorm = double.NegativeInfinity }, new() { Step = 9, Loss = 3 }];
        using (var writer = new MetricsWriter(path))
            foreach (var step in steps) writer.Write(step);

        var read = MetricsReader.ReadAll(path);

        read.Count.ShouldBe(3);
        read[0].Extra.ShouldBe(full.Extra, ignoreOrder: true);
        for (var i = 0; i < 3; i++) (read[i] with { Extra = steps[i].Extra }).ShouldBe(steps[i]);
        File.ReadAllLines(path)[1].ShouldContain("\"train/loss\":\"NaN\",\"train/grad_norm\":\"Infinity\",\"train/param_norm\":\"-Infinity\"");
    }

    [Theory]
    [InlineData("{\"step\":1,\"train/loss\":2.5}", true)]
    [InlineData("{\"train/loss\":2.5,\"step\":1,\"note\":\"text\",\"nested\":{\"step\":9,\"list\":[1,2]},\"flag\":true,\"nothing\":null}", true)]
    [InlineData("{\"step\":1.0,\"train/loss\":\"NaN\"}", true)]
    [InlineData("{\"step\":1}", false)]
    [InlineData("{\"train/loss\":1}", false)]
    [InlineData("{\"step\":1.5,\"train/loss\":1}", false)]
    [InlineData("{\"step\":1,\"train/loss\":\"big\"}", false)]
    [InlineData("{\"step\":1,\"train/loss\":2.5", false)]
    [InlineData("[1,2]", false)]
    [InlineData("step=1 loss=2", false)]
    [InlineData("\0\0\0", false)]
    public void A_line_is_metrics_if_it_has_a_step_and_a_loss(string line, bool valid) =>
        (MetricsReader.Parse(System.Text.Encoding.UTF8.GetBytes(line)) is { Step: 1 }).ShouldBe(valid);

    [Fact]
    public void A_growing_file_is_read_in_whole_lines()
    {
        var reader = new MetricsReader(path);
        reader.ReadNew().ShouldBeEmpty();
        File.WriteAllText(path, "{\"step\":1,\"train/loss\":1}\n{\"step\":2,\"train/l");
        reader.ReadNew().Select(s => s.Step).ShouldBe([1]);
        reader.ReadNew().ShouldBeEmpty();
        File.AppendAllText(path, "oss\":1}\nrubbish\n{\"step\":3,\"train/loss\":1}\n");
        reader.ReadNew().Select(s => s.Step).ShouldBe([2, 3]);
        reader.Malformed.ShouldBe(1);
        File.WriteAllText(path, "{\"step\":1,\"train/loss\":1}\n");
        reader.ReadNew().Select(s => s.Step).ShouldBe([1]);
    }

    [Theory]
    [InlineData("{\"step\":1,\"train/loss\":1}\n{\"step\":2,\"train/loss\":1}\n{\"step\":3,\"tra", 5, new[] { 1, 2 })]
    [InlineData("{\"step\":1,\"train/loss\":1}\n{\"step\":2,\"train/loss\":1}\n{\"step\":3,\"train/loss\":1}\n", 2, new[] { 1, 2 })]
    [InlineData("{\"step\":1,\"train/loss\":1}\n{\"step\":2,\"train/loss\":1}\n", 0, new int[0])]
    [InlineData("{\"step\":1,\"train/loss\":1}\n", 1, new[] { 1 })]
    [InlineData("", 3, new int[0])]
    public void Going_back_to_a_step_cuts_what_was_said_after_it_and_half_a_line(string content, int step, int[] left)
    {
        File.WriteAllText(path, content);

        JsonLines.TruncateAfter(path, step);

        MetricsReader.ReadAll(path).Select(s => s.Step).ShouldBe(left);
        using (var writer = new MetricsWriter(path)) writer.Write(new() { Step = step + 1, Loss = 1 });
        MetricsReader.ReadAll(path).Select(s => s.Step).ShouldBe([.. left, step + 1]);
    }

    [Fact]
    public void A_curve_averages_bins_and_leaves_out_what_is_not_finite()
    {
        var steps = Enumerable.Range(1, 128).Select(s => new StepMetrics { Step = s, Tokens = s * 10, Loss = s == 5 ? double.NaN : s }).ToArray();

        var curve = LossCurve.Of(steps);

        curve.Count.ShouldBe(64);
        curve[0].ShouldBe(new ReferencePoint(20, 1.5));
        curve[2].ShouldBe(new ReferencePoint(60, 6));
        LossCurve.Of(steps[..10]).Count.ShouldBe(9);
        LossCurve.Of([]).ShouldBeEmpty();
    }
}

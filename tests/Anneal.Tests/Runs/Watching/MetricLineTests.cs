using Anneal.Runs.Watching;

namespace Anneal.Tests.Runs.Watching;

public class MetricLineTests
{
    private static string Show(string line) => string.Join("; ", MetricLine.Parse(line).Select(number => $"{number.Name}={Math.Round(number.Value, 9)}"));

    [Theory]
    [InlineData("val_bpb:          0.997900", "val_bpb=0.9979")]
    [InlineData("step 00010 (1.2%) | loss: 5.304112 | lrm: 1.00 | dt: 512ms | tok/sec: 1,204,311 | mfu: 39.8% | epoch: 1 | remaining: 297s", "step=10; loss=5.304112; lrm=1; dt=0.512; tok/sec=1204311; mfu=39.8; epoch=1; remaining=297")]
    [InlineData("iter 120: loss 4.5123, time 120.3ms, mfu 3.2%", "iter=120; loss=4.5123; iter_time=0.1203")]
    [InlineData("step 250: train loss 2.1, val loss 2.25", "step=250; train_loss=2.1; val_loss=2.25")]
    [InlineData("{'loss': 2.3, 'grad_norm': 1e-3, 'learning_rate': 5e-05, 'epoch': 0.1}", "loss=2.3; grad_norm=0.001; learning_rate=5E-05; epoch=0.1")]
    [InlineData("""{"step": 3, "loss": "NaN", "name": "x", "nested": {"loss": 1}}""", "step=3; loss=NaN")]
    [InlineData("""{"step": 3, "loss": NaN}""", "step=3; loss=NaN")]
    [InlineData("loss=-inf lr=.5", "loss=-Infinity; lr=0.5")]
    [InlineData("Vocab size: 8,192", "size=8192")]
    [InlineData("Loading checkpoint from step-000123 of run 7, all good.", "")]
    [InlineData("took 3 tries: ok", "")]
    public void Numbers_are_found_with_their_names(string line, string found) => Show(line).ShouldBe(found);

    [Fact]
    public void A_long_hostile_line_takes_no_time_to_speak_of() =>
        MetricLine.Parse(string.Concat(Enumerable.Repeat("a.b-c/", 8000)) + "1 1,1,1,1,1 = = :").ShouldBeEmpty();
}

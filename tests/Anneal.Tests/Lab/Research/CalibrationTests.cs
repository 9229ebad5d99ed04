using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Tests.Lab.Research;

public class CalibrationTests
{
    [Fact]
    public void A_researcher_that_is_always_sure_and_right_has_a_brier_score_of_zero()
    {
        var row = Row(Experiment("search", 0.02, 0.001, 0.02, Verdict.Confirmed, 1), Experiment("search", -0.02, 0.001, -0.02, Verdict.Rejected, 0));
        row.Experiments.ShouldBe(2);
        row.Brier!.Value.ShouldBe(0, 1e-9);
        row.BrierConfirmed.ShouldBe(0);
        row.Coverage50.ShouldBe(1);
        row.MeanError!.Value.ShouldBe(0, 1e-12);
        row.Confirmed.ShouldBe(1);
        row.Flops.ShouldBe(2e9);
    }

    [Fact]
    public void A_coin_scores_a_quarter() => Row(Experiment("search", 0, 0.01, 0.02), Experiment("search", 0, 0.01, -0.02)).Brier!.Value.ShouldBe(0.25, 1e-12);

    [Fact]
    public void Predictions_drawn_from_the_truth_cover_what_they_promise()
    {
        var random = new Random(3);
        var row = Row([.. Enumerable.Range(0, 4000).Select(_ =>
        {
            var mean = random.NextDouble() - 0.5;
            return Experiment("search", mean, 0.2, mean + 0.2 * Gaussian(random));
        })]);
        row.Coverage50!.Value.ShouldBe(0.5, 0.03);
        row.Coverage80!.Value.ShouldBe(0.8, 0.03);
        row.Coverage95!.Value.ShouldBe(0.95, 0.015);
        row.MeanError!.Value.ShouldBe(0, 0.01);
        row.Brier!.Value.ShouldBeLessThan(0.25);
    }

    [Fact]
    public void Promising_too_much_shows_as_a_negative_error() => Row(Experiment("search", 0.05, 0.01, 0.01), Experiment("search", 0.03, 0.01, -0.01)).MeanError!.Value.ShouldBe(-0.04, 1e-12);

    [Fact]
    public void Invalid_and_unmeasured_experiments_cost_flops_and_score_nothing()
    {
        var row = Row(Experiment("search", 0.05, 0.01, null, Verdict.Rejected), Experiment("search", 0.05, 0.01, 0.3, Verdict.Invalid, 0.9));
        row.Experiments.ShouldBe(0);
        (row.Brier, row.BrierConfirmed, row.Coverage95, row.MeanError).ShouldBe((null, null, null, null));
        row.Flops.ShouldBe(2e9);
    }

    [Fact]
    public void Each_source_has_its_row_and_undecided_experiments_have_none()
    {
        var rows = Calibration.Of(Study(
            Experiment("idea:rope", 0.01, 0.01, 0.01), Experiment("model:x", 0.01, 0.01, 0.01), Experiment("replay:x", 0.01, 0.01, 0.01),
            Experiment("combine", 0.01, 0.01, 0.01), Experiment("inbox", 0.01, 0.01, 0.01, null)));
        rows.Select(row => (row.Source, row.Experiments)).ShouldBe([("embedded", 2), ("model", 2)]);
    }

    private static CalibrationRow Row(params ExperimentRecord[] experiments) => Calibration.Of(Study(experiments)).ShouldHaveSingleItem();

    private static StudyRecord Study(params ExperimentRecord[] experiments) => new()
    {
        Spec = new StudySpec { Study = "s", Recipe = "r.yaml" },
        Baseline = "",
        Champion = "",
        Status = "done",
        Experiments = experiments,
    };

    private static ExperimentRecord Experiment(string source, double mean, double sd, double? effect, Verdict? verdict = Verdict.Inconclusive, double? confirm = null) => new()
    {
        Id = 1,
        Identity = "",
        Status = "done",
        Verdict = verdict,
        Effect = effect,
        Flops = 1e9,
        Proposal = new() { Source = source, Hypothesis = "", Mechanism = "", Refutation = "", Change = new Dictionary<string, string>(), Predicted = new(mean, sd), ConfirmProbability = confirm },
    };

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

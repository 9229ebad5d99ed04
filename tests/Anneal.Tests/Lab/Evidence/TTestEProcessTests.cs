using Anneal.Lab.Evidence;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Lab.Evidence;

public class TTestEProcessTests
{
    private static readonly Gen<double[]> Samples =
        Gen.Choose(1, 8).SelectMany(n => Gen.Choose(-1000, 1000).Select(v => v / 250.0 + 1e-4).ArrayOf(n));

    [Fact]
    public void The_unit_of_measurement_does_not_matter() =>
        Prop.ForAll(Samples.ToArbitrary(), Gen.Choose(-6, 6).ToArbitrary(), (values, exponent) =>
        {
            double[] scaled = [.. values.Select(v => v * Math.Pow(10, exponent))];
            return Math.Abs(TTestEProcess.Value(scaled) / TTestEProcess.Value(values) - 1) < 1e-6;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shifting_every_difference_down_never_raises_the_e_value() =>
        Prop.ForAll(Samples.ToArbitrary(), Gen.Choose(0, 2000).ToArbitrary(), (values, shift) =>
            TTestEProcess.Value([.. values.Select(v => v - shift / 500.0)]) <= TTestEProcess.Value(values) * (1 + 1e-9)).QuickCheckThrowOnFailure();

    [Fact]
    public void Under_the_null_the_peak_passes_a_bar_no_more_often_than_Ville_allows()
    {
        var random = new Random(11);
        const int repeats = 20_000;
        int over20 = 0, over100 = 0;
        for (int i = 0; i < repeats; i++)
        {
            double peak = TTestEProcess.Peak(random.Normals(8));
            if (peak >= 20) over20++;
            if (peak >= 100) over100++;
        }

        (over20 / (double)repeats).ShouldBeLessThan(1 / 20.0);
        (over100 / (double)repeats).ShouldBeLessThan(1 / 100.0);
        over20.ShouldBeGreaterThan(repeats / 200, "a test that never passes has no power either");
    }

    [Fact]
    public void The_mean_of_the_e_value_at_a_fixed_time_is_one_under_the_null()
    {
        var random = new Random(12);
        double mean = Enumerable.Range(0, 40_000).Average(_ => TTestEProcess.Value(random.Normals(3)));
        mean.ShouldBe(1, 0.1);
    }

    [Fact]
    public void A_large_effect_passes_a_campaign_bar_within_five_pairs()
    {
        var random = new Random(13);
        Enumerable.Range(0, 200).Count(_ => TTestEProcess.Peak(random.Normals(5, mean: 6)) >= 110).ShouldBeGreaterThan(180);
    }

    [Fact]
    public void Differences_that_are_all_zero_say_nothing() => TTestEProcess.Value([0, 0, 0]).ShouldBe(1);

    [Fact]
    public void Equal_differences_give_a_finite_value() => double.IsFinite(TTestEProcess.Value([0.5, 0.5, 0.5])).ShouldBeTrue();
}

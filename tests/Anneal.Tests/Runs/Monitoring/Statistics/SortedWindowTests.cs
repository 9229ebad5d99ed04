using Anneal.Runs.Monitoring.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Runs.Monitoring.Statistics;

public class SortedWindowTests
{
    [Fact]
    public void Quantiles_are_those_of_the_last_values_sorted() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (values, size) =>
        {
            var window = new SortedWindow(1 + (size.Get % 20));
            var all = values.Select(v => v.Get).ToList();
            foreach (var value in all) window.Add(value);
            var kept = all.TakeLast(1 + (size.Get % 20)).Order().ToList();
            window.Count.ShouldBe(kept.Count);
            if (kept.Count == 0) return;
            window.Quantile(0).ShouldBe(kept[0]);
            window.Quantile(1).ShouldBe(kept[^1]);
            for (var i = 0; i < kept.Count; i++) window.Quantile(kept.Count == 1 ? 0 : (double)i / (kept.Count - 1)).ShouldBe(kept[i], 1e-9 * (1 + Math.Abs(kept[^1] - kept[0])));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_empty_window_has_no_quantile()
    {
        var window = new SortedWindow(3);
        double.IsNaN(window.Median).ShouldBeTrue();
        window.Add(1);
        window.Clear();
        double.IsNaN(window.Median).ShouldBeTrue();
    }
}

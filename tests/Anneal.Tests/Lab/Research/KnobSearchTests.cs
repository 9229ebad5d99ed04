using Anneal.Lab;
using Anneal.Lab.Research.Search;
using Anneal.Tests.Lab.Evidence;

namespace Anneal.Tests.Lab.Research;

public class KnobSearchTests
{
    private const double Noise = 0.01;

    private static readonly KnobSpace Space = new(
        [.. Enumerable.Range(0, 7).Select(j => new Knob($"k{j}", KnobType.Float, 0, 1, false, [])), new Knob("k7", KnobType.Choice, 0, 0, false, ["a", "b", "c"])],
        searched: 8);

    private static readonly double[] Optimum = [0.3, 0.7, 0.6, 0.2, 0.5, 0.8, 0.4, 2];
    private static readonly double[] Weight = [1, 0.6, 0.3, 0.3, 0.05, 0.05, 0.02];

    /// <summary>A bowl with an interaction; its least value is 0.</summary>
    private static double Bowl(double[] point)
    {
        double sum = point[7] == Optimum[7] ? 0 : 0.1;
        for (int j = 0; j < 7; j++) sum += Weight[j] * Math.Pow(point[j] - Optimum[j], 2);
        return sum + 0.5 * Math.Pow(point[0] - Optimum[0] + point[1] - Optimum[1], 2);
    }

    /// <summary>Best true value among the points of 40 experiments; a change is adopted when it measured better.</summary>
    private static double Run(int seed, bool model, Func<double[], bool>? fails = null, Action<bool>? failed = null)
    {
        var random = new Random(seed);
        var search = new KnobSearch(Space, typicalScale: 0.2, useful: Noise / 2);
        var seen = new List<PairObservation>();
        var attempts = new List<Attempt>();
        double[] champion = [0.7, 0.2, 0.1, 0.8, 0.1, 0.1, 0.9, 0];
        for (int i = 0; i < 40; i++)
        {
            double[] point = model ? search.Suggest(seen, attempts, champion, _ => true, random)!.Point : Space.Draw(random, champion);
            bool failure = fails?.Invoke(point) == true;
            attempts.Add(new(point, failure));
            failed?.Invoke(failure);
            if (failure) continue;
            double difference = Bowl(champion) - Bowl(point) + Noise * random.Normal();
            seen.Add(new(champion, point, 1, difference, Noise));
            if (difference > 2 * Noise) champion = point;
        }

        return Bowl(champion);
    }

    [Fact]
    public void It_finds_a_better_point_than_random_search()
    {
        double[] model = [.. Enumerable.Range(0, 5).Select(s => Run(s, model: true))];
        double[] random = [.. Enumerable.Range(0, 5).Select(s => Run(s, model: false))];
        model.Average().ShouldBeLessThan(random.Average() / 3);
        model.Max().ShouldBeLessThan(0.1);
    }

    [Fact]
    public void It_learns_where_runs_fail_without_being_given_a_value_for_them()
    {
        static bool Fails(double[] p) => p[0] > 0.75 || p[3] < 0.1;
        var failures = new List<bool>();
        double reached = Run(7, model: true, Fails, failures.Add);
        reached.ShouldBeLessThan(0.25, "it starts above 0.8");
        failures.Skip(20).Count(f => f).ShouldBeLessThan(6);
    }

    [Fact]
    public void What_matters_is_told_from_what_does_not()
    {
        var random = new Random(3);
        double[] centre = [.. Enumerable.Repeat(0.5, 7), 2];
        var seen = Enumerable.Range(0, 60).Select(_ => Space.Draw(random, centre))
            .Select(p => new PairObservation(centre, p, 1, Bowl(centre) - Bowl(p) + Noise * random.Normal(), Noise)).ToArray();
        var relevances = new KnobSearch(Space, 0.2, 0).Model(seen).Relevances;
        (relevances[0] + relevances[1]).ShouldBeGreaterThan(3 * (relevances[4] + relevances[5] + relevances[6]));
    }

    [Fact]
    public void A_forbidden_point_is_not_suggested()
    {
        var suggestion = new KnobSearch(Space, 0.2, 0).Suggest([], [], [.. Optimum], p => p[7] == 1, new Random(1)).ShouldNotBeNull();
        suggestion.Point[7].ShouldBe(1);
    }
}

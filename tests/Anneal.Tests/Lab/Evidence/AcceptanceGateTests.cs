using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class AcceptanceGateTests
{
    private const double Bar = 110;
    private static readonly AcceptanceSpec Spec = new() { MinEffect = 0.5, MaxPairs = 8 };

    private static GateState Judge(params double[] differences) => AcceptanceGate.Judge(differences, Spec, Bar, planningSigma: 1);

    [Fact]
    public void One_pair_is_never_enough() => Judge(50).Decision.ShouldBe(GateDecision.Continue);

    [Fact]
    public void Large_consistent_differences_confirm()
    {
        var state = Judge(5.0, 5.5, 4.8, 5.2, 5.1);
        state.Decision.ShouldBe(GateDecision.Confirm);
        state.EValue.ShouldBeGreaterThanOrEqualTo(Bar);
        state.Effect.ShouldBe(5.12, 1e-9);
        state.Interval.ShouldNotBeNull().Low.ShouldBeGreaterThan(0);
        state.Verdict.ShouldBe(Verdict.Confirmed);
    }

    [Fact]
    public void Just_below_the_bar_it_asks_for_another_pair()
    {
        double[] differences = [3.0, 3.6, 2.7];
        double value = TTestEProcess.Value(differences);
        AcceptanceGate.Judge(differences, Spec, value * 1.0001, 1).Decision.ShouldBe(GateDecision.Continue);
        AcceptanceGate.Judge(differences, Spec, value, 1).Decision.ShouldBe(GateDecision.Confirm);
    }

    [Fact]
    public void A_change_that_is_worse_is_rejected_at_once()
    {
        var state = Judge(-3, -2.5);
        state.Decision.ShouldBe(GateDecision.Reject);
        state.Verdict.ShouldBe(Verdict.Rejected);
    }

    [Fact]
    public void Proof_of_an_effect_below_the_minimum_is_not_adopted()
    {
        double[] tiny = [0.100, 0.101, 0.099, 0.1, 0.1005, 0.0995, 0.1, 0.1002];
        var state = AcceptanceGate.Judge(tiny, Spec, Bar, planningSigma: double.NaN);
        state.EValue.ShouldBeGreaterThan(Bar);
        state.Decision.ShouldBe(GateDecision.Reject);
        state.Reason.ShouldContain("minimum effect");
    }

    [Fact]
    public void Good_but_short_of_the_bar_when_pairs_run_out_is_suggestive()
    {
        double[] differences = [2.6, 0.4, 1.4, 2.1, 0.5, 1.9, 1.1, 1.2];
        TTestEProcess.Peak(differences).ShouldBeInRange(20, 1e4);
        var state = AcceptanceGate.Judge(differences, Spec, 1e4, 1);
        state.Decision.ShouldBe(GateDecision.Suggestive);
        state.Interval.ShouldNotBeNull();
    }

    [Fact]
    public void Noise_that_decides_nothing_is_inconclusive_or_stopped()
    {
        var state = Judge(0.9, -0.6, 1.2, -0.1, 0.8, 0.2, -0.4, 1.1);
        state.Decision.ShouldBeOneOf(GateDecision.Inconclusive, GateDecision.Reject);
    }

    [Fact]
    public void An_experiment_that_cannot_reach_its_bar_stops_before_its_pairs_run_out()
    {
        var random = new Random(41);
        int pairs = 0;
        for (int i = 0; i < 200; i++)
        {
            double[] differences = random.Normals(8);
            int n = 1;
            while (AcceptanceGate.Judge(differences[..n], Spec, Bar, 1).Decision == GateDecision.Continue) n++;
            pairs += n;
        }

        (pairs / 200.0).ShouldBeLessThan(4);
    }

    [Fact]
    public void The_planning_sigma_never_makes_a_confirmation()
    {
        double[] differences = [1.0, 3.5, 0.2, 2.4];
        foreach (double sigma in (double[])[double.NaN, 1e-6, 1, 1e6])
            AcceptanceGate.Judge(differences, Spec, Bar, sigma).Decision.ShouldNotBe(GateDecision.Confirm);
    }

    [Fact]
    public void Asking_for_the_verdict_while_pairs_are_due_is_an_error() =>
        Should.Throw<InvalidOperationException>(() => Judge(2.0).Verdict);
}

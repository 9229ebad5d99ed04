using Anneal.Lab;
using Anneal.Lab.Evidence;

namespace Anneal.Tests.Lab.Evidence;

public class CampaignControlTests
{
    private static readonly AcceptanceSpec Spec = new() { FalseAccept = 0.05 };

    [Fact]
    public void The_shares_of_all_tests_add_up_to_one()
    {
        double sum = Enumerable.Range(1, 100_000).Sum(CampaignControl.Gamma);
        sum.ShouldBeLessThan(1);
        sum.ShouldBeGreaterThan(0.9999 - 1e-3);
    }

    [Fact]
    public void Without_acceptances_the_bars_spend_at_most_the_error_rate() =>
        Enumerable.Range(1, 1000).Sum(k => 1 / CampaignControl.Bar(k, 0, Spec)).ShouldBeLessThan(0.05);

    [Fact]
    public void Later_tests_face_a_higher_bar_and_findings_lower_it()
    {
        CampaignControl.Bar(5, 0, Spec).ShouldBeGreaterThan(CampaignControl.Bar(1, 0, Spec));
        CampaignControl.Bar(5, 1, Spec).ShouldBe(CampaignControl.Bar(5, 0, Spec) / 2, 1e-9);
    }

    [Fact]
    public void The_first_bar_leaves_power_to_the_first_experiments() => CampaignControl.Bar(1, 0, Spec).ShouldBeInRange(60, 150);

    [Fact]
    public void A_campaign_of_nulls_seldom_believes_anything()
    {
        var random = new Random(31);
        int campaigns = 0;
        for (int c = 0; c < 300; c++)
        {
            int accepted = 0;
            for (int k = 1; k <= 12; k++)
                if (TTestEProcess.Peak(random.Normals(8)) >= CampaignControl.Bar(k, accepted, Spec)) accepted++;
            if (accepted > 0) campaigns++;
        }

        (campaigns / 300.0).ShouldBeLessThan(0.05);
    }

    [Fact]
    public void Tests_are_numbered_from_one() => Should.Throw<ArgumentOutOfRangeException>(() => CampaignControl.Bar(0, 0, Spec));
}

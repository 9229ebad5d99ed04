namespace Anneal.Lab.Evidence;

/// <summary>
/// Error control over a campaign: e-LOND (online false discovery control with e-values, arXiv 2311.06412).
/// Only experiments that reach confirmation count as tests.
/// </summary>
/// <remarks>
/// Test k passes when its e-value reaches 1 / (a gamma_k (R + 1)), with R acceptances so far and gamma summing to 1.
/// Every confirmation pair has fresh seeds, so given the past test k errs with probability at most a gamma_k (R + 1):
/// the false discovery rate is at most a, and while nothing true has been found so is the chance of any false acceptance.
/// </remarks>
public static class CampaignControl
{
    /// <summary>gamma_k falls like (k + Shift)^-2: nearly level over the first confirmations, which matter most.</summary>
    internal const int Shift = 4;

    private static readonly double Norm = TailSum(Shift + 1);

    /// <summary>E-value that a confirmation must reach.</summary>
    /// <param name="testNumber">Which confirmation of the campaign this is, from 1.</param>
    /// <param name="acceptancesBefore">Confirmed findings so far.</param>
    /// <param name="spec">Supplies the campaign's error rate.</param>
    public static double Bar(int testNumber, int acceptancesBefore, AcceptanceSpec spec)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(testNumber, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(acceptancesBefore);
        return 1 / (spec.FalseAccept * Gamma(testNumber) * (acceptancesBefore + 1));
    }

    /// <summary>Share of the error rate that test <paramref name="testNumber"/> may spend; sums to 1 over all of them.</summary>
    public static double Gamma(int testNumber) => 1 / (Math.Pow(testNumber + Shift, 2) * Norm);

    /// <summary>E-value below the campaign's bar at which a result is called suggestive: it would pass were it the only test.</summary>
    public static double SuggestiveBar(AcceptanceSpec spec) => 1 / spec.FalseAccept;

    /// <summary>Sum of 1/j^2 from <paramref name="first"/> on: pi^2/6 less the terms before.</summary>
    private static double TailSum(int first)
    {
        double sum = Math.PI * Math.PI / 6;
        for (int j = 1; j < first; j++) sum -= 1.0 / j / j;
        return sum;
    }
}

namespace Anneal.Lab.Evidence;

/// <summary>
/// Decides on a change from its own confirmation pairs. Validity rests on the t-type e-process alone; the planning sigma
/// only stops hopeless experiments early, which costs power and never validity.
/// </summary>
public static class AcceptanceGate
{
    /// <summary>Said beside every reported effect.</summary>
    public const string BiasStatement =
        "The effect is the plain mean of the confirmation pairs. Stopping when the evidence suffices biases it upward: on real null "
        + "noise by 0.4 sigma of a pair's difference where the true effect is 1 sigma, 0.1 at 2 and less than 0.05 from 3 on. "
        + "The confidence sequence stays valid at the stopping time.";

    /// <summary>A future pair may turn out this many standard errors above the mean so far before the experiment is called hopeless.</summary>
    private const double Optimism = 1.28;

    /// <summary>Judges the pairs so far.</summary>
    /// <param name="differences">Control minus treatment of each confirmation pair, in order; screening runs never belong here.</param>
    /// <param name="spec">Error rate, minimum effect, most pairs.</param>
    /// <param name="bar">E-value to reach, from <see cref="CampaignControl.Bar"/>, fixed before the first pair.</param>
    /// <param name="planningSigma">Standard deviation of a null pair's difference; NaN or 0 when unknown.</param>
    public static GateState Judge(IReadOnlyList<double> differences, AcceptanceSpec spec, double bar, double planningSigma)
    {
        var moments = Moments.Of(differences);
        double peak = TTestEProcess.Peak(differences);
        var (low, high) = ConfidenceSequence.Interval(differences);
        double effect = moments.Count == 0 ? 0 : moments.Mean;
        int left = spec.MaxPairs - moments.Count;

        if (peak >= bar && effect >= spec.MinEffect)
            return State(GateDecision.Confirm, $"e-value {peak:G4} reached the bar {bar:G4} after {moments.Count} pairs.");
        if (moments.Count < 2 && left > 0)
            return State(GateDecision.Continue, "One pair says nothing about its own noise.");
        if (high < spec.MinEffect)
            return State(GateDecision.Reject, $"The confidence sequence ends at {high:G4}, below the minimum effect {spec.MinEffect:G4}.");
        if (Hopeless(moments, spec.MinEffect, planningSigma))
            return State(GateDecision.Reject, $"Mean {effect:G4} over {moments.Count} pairs is too far below the minimum effect {spec.MinEffect:G4} for null noise {planningSigma:G4}.");
        if (left > 0 && peak >= bar)
            return State(GateDecision.Continue, $"Above zero beyond doubt, but the mean {effect:G4} is below the minimum effect {spec.MinEffect:G4}.");
        if (left > 0 && CanReach(moments, left, bar, planningSigma))
            return State(GateDecision.Continue, $"e-value {peak:G4} of {bar:G4}; {left} pairs left.");

        string end = left > 0 ? $"the {left} pairs left could not lift it to {bar:G4}" : $"no pair is left and the bar is {bar:G4}";
        if (effect > 0 && (peak >= CampaignControl.SuggestiveBar(spec) || low > 0))
            return State(GateDecision.Suggestive, peak >= bar ? $"Better than zero, but smaller than the minimum effect {spec.MinEffect:G4}." : $"e-value {peak:G4}: suggestive; {end}.");
        return effect < Math.Min(0, spec.MinEffect)
            ? State(GateDecision.Reject, $"Mean {effect:G4} is worse than the champion; {end}.")
            : State(GateDecision.Inconclusive, $"e-value {peak:G4}; {end}.");

        GateState State(GateDecision decision, string reason) =>
            new() { Decision = decision, EValue = peak, Bar = bar, Effect = effect, Low = low, High = high, Reason = reason };
    }

    /// <summary>With the null noise as a guide, the mean lies more than 2.33 standard errors below the minimum effect.</summary>
    private static bool Hopeless(Moments moments, double minEffect, double sigma) =>
        sigma > 0 && moments.Mean + 2.33 * sigma / Math.Sqrt(moments.Count) < minEffect;

    /// <summary>Would an optimistic future lift the e-value to its bar? Future pairs sit above today's mean, at half the noise.</summary>
    private static bool CanReach(Moments moments, int left, double bar, double sigma)
    {
        double spread = sigma > 0 ? Math.Min(sigma, moments.Sd) : moments.Sd;
        double hoped = moments.Mean + Optimism * (sigma > 0 ? Math.Max(sigma, moments.Sd) : moments.Sd) / Math.Sqrt(moments.Count);
        for (int more = 1; more <= left; more++)
        {
            int count = moments.Count + more;
            double mean = (moments.Count * moments.Mean + more * hoped) / count;
            double between = (double)moments.Count * more / count * (hoped - moments.Mean) * (hoped - moments.Mean);
            double scatter = moments.Scatter + between + more * spread * spread / 4;
            if (TTestEProcess.Value(new Moments(count, mean, scatter)) >= bar) return true;
        }

        return false;
    }
}

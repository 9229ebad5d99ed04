namespace Anneal.Runs.Protocol;

/// <summary>A run's train loss, averaged in bins of equal size.</summary>
public static class LossCurve
{
    /// <summary>Most points of a curve.</summary>
    public const int Bins = 64;

    /// <summary>At most <see cref="Bins"/> points over the steps given; each the mean loss of its bin at the bin's last token. Non-finite losses are left out.</summary>
    public static IReadOnlyList<ReferencePoint> Of(IReadOnlyList<StepMetrics> steps)
    {
        var points = new List<ReferencePoint>(Math.Min(Bins, steps.Count));
        for (var bin = 0; bin < Bins; bin++)
        {
            var (from, to) = ((int)((long)bin * steps.Count / Bins), (int)((bin + 1L) * steps.Count / Bins));
            double sum = 0;
            var count = 0;
            for (var i = from; i < to; i++)
            {
                if (!double.IsFinite(steps[i].Loss)) continue;
                sum += steps[i].Loss;
                count++;
            }
            if (count > 0) points.Add(new(steps[to - 1].Tokens ?? steps[to - 1].Step, sum / count));
        }
        return points;
    }
}

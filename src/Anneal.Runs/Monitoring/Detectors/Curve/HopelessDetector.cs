using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// A run that lies so far behind the champion's learning curve that it will not catch up. Both read the same data in the same
/// order, so their smoothed losses are compared at the same fraction of the run: equal batches then cancel most of the noise.
/// It speaks only in the later part of the run, when every one of the last few gaps exceeds a margin that is generous early
/// (a schedule that decays late catches up late) and grows with the noise of the gap, and when the gap does not close fast enough.
/// </summary>
/// <param name="steps">Steps of the whole run; 0 turns the detector off.</param>
/// <param name="reference">The champion's curve, points in equal bins over its whole run; fewer than 16 turn the detector off.</param>
internal sealed class HopelessDetector(int steps, IReadOnlyList<ReferencePoint> reference) : IDetector
{
    private const double BurnIn = 0.5, MarginAtEnd = 0.25, MarginAtBurnIn = 1.5, Sigmas = 3;
    private const int Stretches = 16, Gaps = 4, LeastStepsAStretch = 2;

    private readonly double[] champion = InStretches(reference);
    private readonly double[] gaps = new double[Gaps];
    private int stretch, filled, counted;
    private double sum;
    private bool acted;

    public Symptom? Observe(Vitals vitals)
    {
        if (vitals.IsMeasurement) return null;
        var metrics = vitals.Metrics;
        if (acted || champion.Length == 0 || steps < Stretches * LeastStepsAStretch || !double.IsFinite(metrics.Loss)) return null;
        sum += metrics.Loss;
        counted++;
        // Stretch s ends with step (s + 1) * steps / stretches.
        if (stretch >= Stretches || metrics.Step < (stretch + 1L) * steps / Stretches) return null;
        var gap = (sum / counted) - champion[stretch];
        stretch = (int)((metrics.Step + 1L) * Stretches / steps);
        (sum, counted) = (0, 0);
        return Judge(metrics, gap);
    }

    // Mean loss in each stretch of the champion's run; empty where its curve is too coarse.
    private static double[] InStretches(IReadOnlyList<ReferencePoint> points)
    {
        if (points.Count < Stretches) return [];
        var means = new double[Stretches];
        for (var s = 0; s < Stretches; s++)
        {
            var (from, to) = (s * points.Count / Stretches, (s + 1) * points.Count / Stretches);
            for (var i = from; i < to; i++) means[s] += points[i].Loss / (to - from);
        }
        return means;
    }

    private Symptom? Judge(StepMetrics metrics, double gap)
    {
        gaps.AsSpan(1).CopyTo(gaps);
        gaps[^1] = gap;
        if (++filled < Gaps) return null;
        var done = (double)metrics.Step / steps;
        if (done < BurnIn || done >= 1) return null;

        var (slope, noise) = Trend();
        var margin = MarginAtEnd + (MarginAtBurnIn - MarginAtEnd) * (1 - done) / (1 - BurnIn) + Sigmas * noise;
        foreach (var one in gaps)
            if (one < margin) return null;
        // What the gap would be at the end if it went on closing as it does, twice as fast for good measure.
        var left = (1 - done) * Stretches;
        var expected = gap + 2 * Math.Min(0, slope) * left;
        if (expected < margin) return null;
        acted = true;
        return new Symptom
        {
            Severity = Severity.Act,
            Detector = "hopeless",
            Cause = Cause.Optimizer,
            Concludes = true,
            Message = $"At {done:P0} of the run the train loss is {gap:F2} nats behind the champion's at the same point, and at least {margin:F2} behind over the last {Gaps} stretches; at this pace it ends {expected:F2} behind.",
            Evidence = new Dictionary<string, double> { ["gap"] = gap, ["margin"] = margin, ["noise"] = noise, ["expected"] = expected, ["done"] = done },
        };
    }

    // Least-squares line through the last gaps: slope a bin, and the spread around it.
    private (double Slope, double Noise) Trend()
    {
        double mean = 0, covariance = 0, variance = 0, residual = 0;
        foreach (var gap in gaps) mean += gap / Gaps;
        for (var i = 0; i < Gaps; i++)
        {
            var x = i - (Gaps - 1) / 2.0;
            covariance += x * (gaps[i] - mean);
            variance += x * x;
        }
        var slope = covariance / variance;
        for (var i = 0; i < Gaps; i++) residual += Math.Pow(gaps[i] - mean - slope * (i - (Gaps - 1) / 2.0), 2);
        return (slope, Math.Sqrt(residual / (Gaps - 2)));
    }
}

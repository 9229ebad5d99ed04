using Anneal.Runs.Monitoring.Statistics;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Curve;

/// <summary>
/// Gradient norms (before clipping) outside what the run's own noise and tails explain, on a logarithmic scale: a spike that the
/// next batch absorbs, a shift that stays (gradients summed instead of averaged, a tensor that blew up), a collapse (layers that
/// no longer learn). Warns; acts on norms that stay at a hundred times the usual.
/// </summary>
internal sealed class GradNormDetector : IDetector
{
    private const double Warns = 4.3, WarnsOfFall = 4.7;
    private const double LeastFactor = 1.5, ActFactor = 50, FallsBy = 0.7;
    // BLOOM-176B came back by itself after some twenty such steps.
    private const int MostExploded = 28, MostSteps = 60, Abrupt = 4;

    private readonly LevelTest test = new(), loss = new();
    private double usual, sigma;
    private int age, exploded;
    private int onset;
    private Cause cause;
    private Symptom? acting;

    public Symptom? Observe(Vitals vitals)
    {
        var norm = vitals.GradNorm;
        if (vitals.IsMeasurement || !norm.IsHeard) return null;
        if (vitals.WentBack) Close();
        if (norm.IsFlat) return null;
        test.Take(norm);
        loss.Take(vitals.Loss);
        if (age > 0) return Follow(vitals);
        var (up, fall) = (test.Up >= Warns + vitals.LearningRate.Care, test.Down >= WarnsOfFall);
        if (!up && !fall) return null;
        var since = up ? test.UpSince : test.DownSince;
        (usual, sigma) = (test.Expected(since), test.Sigma(since));
        if (Math.Abs(norm.Value - usual) < Math.Log(LeastFactor)) return null;
        cause = Attribute(vitals, since, up);
        (age, exploded) = (since, norm.Value - usual > Math.Log(ActFactor) ? 1 : 0);
        onset = vitals.Metrics.Step - ((since - 1) * vitals.Interval);
        return Symptom(vitals, Severity.Warn, up ? test.Up : -test.Down);
    }

    // A loss that falls meanwhile: the same text again, or targets in sight.
    private Cause Attribute(Vitals vitals, int since, bool up)
    {
        if (loss.Mean(16) < -FallsBy * vitals.Loss.Sigma) return Cause.Data;
        return up ? Blame.Of(loss.Mean(since), vitals.Loss.Sigma, test.Mean(since), since > Abrupt) : Cause.Model;
    }

    private Symptom? Follow(Vitals vitals)
    {
        age++;
        if (vitals.GradNorm.Value - usual > Math.Log(ActFactor)) exploded++;
        else exploded = Math.Max(0, exploded - 2);
        if (exploded >= MostExploded) return acting ??= Symptom(vitals, Severity.Act, test.Up);
        acting = null;
        if (age > MostSteps && exploded == 0) Close();
        return null;
    }

    private void Close()
    {
        test.Clear();
        (age, acting) = (0, null);
    }

    private Symptom Symptom(Vitals vitals, Severity severity, double score)
    {
        var factor = Math.Exp(vitals.GradNorm.Value - usual);
        return new()
        {
            Severity = severity,
            Detector = score < 0 ? "grad_norm_fall" : "grad_norm_rise",
            Cause = cause,
            Confidence = severity == Severity.Act ? 0.99 : Report.Confidence(score),
            Since = onset,
            Message = severity == Severity.Act
                ? $"The gradient norm has stayed at more than {ActFactor} times the usual {Math.Exp(usual):G3} since step {onset}; it is {vitals.Metrics.GradNorm:G3} at step {vitals.Metrics.Step}."
                : $"The gradient norm is {vitals.Metrics.GradNorm:G3} at step {vitals.Metrics.Step}, {factor:G3} times the usual {Math.Exp(usual):G3}: {(vitals.GradNorm.Value - usual) / sigma:F1} sigmas of its own noise.",
            Evidence = Report.Evidence(vitals, null, ("expected", Math.Exp(usual)), ("factor", factor), ("sigma", sigma), ("score", score)),
        };
    }
}

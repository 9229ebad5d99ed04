using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Held-out loss against what training justifies. Falling more than training, at once or over a few evaluations: the held-out text is
/// being trained on. Rising while training falls: training sees its own answers, or other text than it is judged by. Both are held
/// against the most by which the two have parted before, and against the noise of the training loss. A loss that comes back after
/// trouble is no news, nor one that falls while training gets harder: the mixture moved towards it.
/// </summary>
/// <param name="blocks">Held-out losses by domain.</param>
internal sealed class HeldOutDetector(BlockReadings blocks) : IDetector
{
    private const int Known = 3, Noise = 64;
    private const double Multiple = 1.5, Errors = 2.5, LeastFall = 0.03, LeastRise = 0.15, ActApart = 0.5;
    private static readonly int[] spans = [1, 3];

    private readonly Habit train = new(Noise, 1e-4);
    private readonly HeldOutSeries[] whole = [new("val/loss"), new("val/probe_loss")];
    private readonly List<HeldOutSeries> domains = [];
    private readonly Alarm contaminated = new(6), parted = new(8);

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (!vitals.IsMeasurement) Train(metrics.Loss);
        if (metrics.Extra.Count == 0) return null;
        Symptom? symptom = null;
        foreach (var series in whole)
            if (metrics.Extra.TryGetValue(series.Name, out var held)) symptom ??= Judge(metrics.Step, series, held, isWhole: true);
        foreach (var reading in blocks.Fresh(vitals, BlockStatistic.DomainLoss))
        {
            while (domains.Count <= reading.Index) domains.Add(new($"val/loss/{reading.Name}"));
            if (blocks.IsFresh(reading)) symptom ??= Judge(metrics.Step, domains[reading.Index], reading.Value, isWhole: false);
        }
        return symptom;
    }

    private void Train(double loss)
    {
        train.Add(loss);
        foreach (var series in whole) series.Train(loss);
        foreach (var series in domains) series.Train(loss);
    }

    private Symptom? Judge(int step, HeldOutSeries series, double held, bool isWhole)
    {
        if (!double.IsFinite(held) || !series.Evaluate(held, train.Sigma)) return null;
        // A domain that training turns to falls by right, and so does what resembles it.
        var turned = (!isWhole && whole[0].Count > 0) || series.Calm <= spans[^1] || HasGrownHarder(series);
        foreach (var span in turned ? [] : spans)
        {
            if (series.Change(span) is not { } change) continue;
            var justified = (Multiple * series.LargestBefore(span, change.ExcessFall)) + (Errors * change.Error) + LeastFall;
            if (series.Count > Known + span && change.ExcessFall > justified)
                return contaminated.Raise(Severity.Warn) ? Contaminated(step, series, change, span, justified) : null;
        }
        contaminated.Rest();
        return Parted(step, series);
    }

    private static bool HasGrownHarder(HeldOutSeries series)
    {
        foreach (var span in spans)
            if (series.Change(span) is { } change && change.Train > 2 * change.Error) return true;
        return false;
    }

    private Symptom? Parted(int step, HeldOutSeries series)
    {
        if (series.Change(2) is not { } change) return null;
        // A run that has long been learning its text by heart rises as it did before.
        var usual = (Multiple * series.LargestBefore(2, change.ExcessRise)) + (Errors * change.Error) + LeastRise;
        if (series.Count <= Known || change.ExcessRise < usual || change.Train > 0)
        {
            parted.Rest();
            return null;
        }
        var nearBest = series.Held - change.Held < series.Lowest + LeastRise;
        var severity = nearBest && change.Held > ActApart && change.Train < -ActApart ? Severity.Act : Severity.Warn;
        return parted.Raise(severity) ? Parted(step, series, change, severity) : null;
    }

    private static Symptom Contaminated(int step, HeldOutSeries series, HeldOutChange change, int evaluations, double justified) => new()
    {
        Detector = "contamination",
        Severity = Severity.Warn,
        Cause = Cause.Evaluation,
        Confidence = 0.9,
        Directness = 2,
        Message = $"{series.Name} fell by {-change.Held:F3} nats to {series.Held:F3} over {evaluations} evaluations up to step {step} while the training loss moved by {change.Train:F3}, where {justified:F3} more than training is the most to expect: training may read what it is judged by.",
        Evidence = new Dictionary<string, double> { ["val/loss"] = series.Held, ["excess"] = change.ExcessFall, ["expected"] = justified, ["train_change"] = change.Train, ["train_error"] = change.Error },
    };

    private static Symptom Parted(int step, HeldOutSeries series, HeldOutChange change, Severity severity) => new()
    {
        Detector = "held_out_parted",
        Severity = severity,
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.97 : 0.85,
        Directness = 1,
        Message = $"{series.Name} rose by {change.Held:F3} nats to {series.Held:F3} up to step {step} while the training loss fell by {-change.Train:F3}: training sees its own answers, or text unlike what it is judged by.",
        Evidence = new Dictionary<string, double> { ["val/loss"] = series.Held, ["expected"] = series.Held - change.Held, ["train_change"] = change.Train, ["train_error"] = change.Error },
    };
}

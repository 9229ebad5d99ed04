using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// Held-out loss against what training justifies. Falling more than training, suddenly or a little at every evaluation: the held-out
/// text is being trained on. Rising while training falls: training sees its own answers, or other text than it is judged by.
/// Both are held against how far the two usually part between evaluations.
/// </summary>
/// <param name="blocks">Held-out losses by domain.</param>
internal sealed class HeldOutDetector(BlockSignals blocks) : IDetector
{
    private const int Smoothing = 24, Known = 5;
    private const double Sigmas = 5, LeastFall = 0.05, Drift = 0.75, DriftBound = 7, LeastRise = 0.1;
    private static readonly string[] names = ["val/loss", "val/probe_loss"];

    private readonly Habit train = new(Smoothing);
    private readonly State[] states = [.. names.Select(name => new State(new(name)))];
    private readonly List<State> domains = [];
    private readonly Alarm contaminated = new(3), parted = new(3);

    public Symptom? Observe(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (!vitals.IsMeasurement) train.Add(metrics.Loss);
        if (metrics.Extra.Count == 0 || train.Count < Smoothing) return null;
        Symptom? symptom = null;
        foreach (var state in states)
            if (metrics.Extra.TryGetValue(state.Series.Name, out var held)) symptom = Judge(metrics.Step, state, held) ?? symptom;
        foreach (var reading in blocks.Fresh(vitals, BlockStatistic.DomainLoss))
        {
            while (domains.Count <= reading.Index) domains.Add(new(new($"val/loss/{reading.Name}")));
            if (blocks.IsFresh(reading)) symptom ??= Judge(metrics.Step, domains[reading.Index], reading.Value);
        }
        return symptom;
    }

    private Symptom? Judge(int step, State state, double held)
    {
        if (!double.IsFinite(held)) return null;
        var series = state.Series;
        series.Add(held, train.Level);
        if (series.Count < 2) return null;
        // Text that became harder for training justifies nothing either way.
        var fall = Math.Min(series.TrainChange, 0) - series.HeldChange;
        var habit = series.Excess;
        var floor = 0.005 + (0.2 * Math.Abs(series.TrainChange));
        var deviations = habit.Deviations(fall, floor);
        var known = habit.Count >= Known;
        var bound = habit.Bound(Sigmas, upward: true);
        state.Drifted = known ? Math.Max(0, state.Drifted + Math.Clamp(deviations, -4, 4) - Drift) : 0;
        habit.Add(fall);
        if (!known) return null;

        var fell = series.HeldChange < 0 && fall > LeastFall + (0.5 * Math.Abs(series.TrainChange));
        if (fell && (deviations > bound || state.Drifted > DriftBound))
        {
            state.Falls++;
            return contaminated.Raise(Severity.Warn) ? Contaminated(step, series, fall, deviations) : null;
        }
        var rose = series.HeldChange > LeastRise && series.TrainChange < Math.Min(0.02, -0.1 * series.HeldChange) && -deviations > habit.Bound(Sigmas, upward: false);
        if (rose || (state.Apart > 0 && series.Held > state.Before + LeastRise && series.TrainChange < 0.05))
        {
            if (state.Apart++ == 0) state.Before = series.Held - series.HeldChange;
            var severity = state.Apart >= 2 && series.Held - state.Before > 0.5 ? Severity.Act : Severity.Warn;
            return parted.Raise(severity) ? Parted(step, state, severity) : null;
        }
        state.Apart = 0;
        contaminated.Rest();
        parted.Rest();
        return null;
    }

    private static Symptom Contaminated(int step, HeldOutSeries series, double fall, double deviations) => new()
    {
        Detector = "contamination",
        Severity = Severity.Warn,
        Cause = Cause.Evaluation,
        Confidence = 0.9,
        Directness = 2,
        Message = $"{series.Name} fell by {-series.HeldChange:F3} nats to {series.Held:F3} at step {step} while training moved by {series.TrainChange:F3} ({deviations:F0} deviations more than usual): training may read what it is judged by.",
        Evidence = new Dictionary<string, double> { ["val/loss"] = series.Held, ["excess"] = fall, ["train_change"] = series.TrainChange, ["sigma"] = deviations },
    };

    private static Symptom Parted(int step, State state, Severity severity) => new()
    {
        Detector = "held_out_parted",
        Severity = severity,
        Cause = Cause.Data,
        Confidence = severity == Severity.Act ? 0.97 : 0.85,
        Directness = 1,
        Message = $"{state.Series.Name} rose to {state.Series.Held:F3} at step {step}, from {state.Before:F3}, while the training loss did not: training sees its own answers, or text unlike what it is judged by.",
        Evidence = new Dictionary<string, double> { ["val/loss"] = state.Series.Held, ["expected"] = state.Before, ["train_change"] = state.Series.TrainChange },
    };

    private sealed class State(HeldOutSeries series)
    {
        public HeldOutSeries Series => series;
        public double Drifted { get; set; }
        public int Falls { get; set; }
        public int Apart { get; set; }
        public double Before { get; set; }
    }
}

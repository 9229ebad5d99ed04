using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// A part of the model gets no gradient any more while others do, or its parameters stand exactly still while others move. A part that
/// never had a gradient, or has none now and then (an expert without tokens), is so by habit.
/// </summary>
/// <param name="blocks">The run's block statistics.</param>
internal sealed class FrozenBlockDetector(BlockReadings blocks) : IDetector
{
    private const int Known = 4, ActStill = 3;

    private readonly List<State> gradients = [], parameters = [];
    private readonly Alarm alarm = new(4);

    public Symptom? Observe(Vitals vitals)
    {
        var dead = Stillest(blocks.Fresh(vitals, BlockStatistic.GradNorm), gradients, zero: true);
        var still = dead ?? Stillest(blocks.Fresh(vitals, BlockStatistic.ParamNorm), parameters, zero: false);
        if (still is null) return null;
        var (reading, state) = still.Value;
        var noGradient = dead is not null;
        // Printed norms repeat by chance; a gradient of exactly zero does not.
        if (!noGradient && (state.Still < 2 || vitals.Metrics.LearningRate is not > 0)) return null;
        var severity = state.Still >= (noGradient ? 2 : ActStill) ? Severity.Act : Severity.Warn;
        if (!alarm.Raise(severity)) return null;
        return new Symptom
        {
            Detector = "frozen_block",
            Severity = severity,
            Cause = Cause.Model,
            Confidence = severity == Severity.Act ? 0.99 : 0.95,
            Directness = 2,
            Since = state.Since,
            Message = noGradient
                ? $"{reading.Name} gets a gradient of exactly zero at step {vitals.Metrics.Step} ({state.Still} readings) while other parts learn: it is frozen."
                : $"The parameters of {reading.Name} have not moved for {state.Still} readings, up to step {vitals.Metrics.Step}, while others did: it is frozen.",
            Evidence = new Dictionary<string, double> { ["value"] = reading.Value, ["readings"] = state.Still },
        };
    }

    private (BlockReading Reading, State State)? Stillest(ReadOnlySpan<BlockReading> readings, List<State> states, bool zero)
    {
        if (readings.Length == 0) return null;
        while (states.Count < readings.Length) states.Add(new());
        (BlockReading, State)? found = null;
        var moving = 0;
        foreach (var reading in readings)
        {
            if (!blocks.IsFresh(reading)) continue;
            var state = states[reading.Index];
            var still = reading.Value == (zero ? 0 : state.Value);
            state.Value = reading.Value;
            if (!still)
            {
                moving++;
                // Still once and moving again: still by habit.
                state.Moved = state.Still > 0 ? int.MinValue : state.Moved + 1;
                state.Still = 0;
                continue;
            }
            if (state.Still++ == 0) state.Since = reading.StepBefore + 1;
            if (state.Moved >= Known && (found is null || state.Still > found.Value.Item2.Still)) found = (reading, state);
        }
        if (found is null || moving == 0)
        {
            alarm.Rest();
            return null;
        }
        return found;
    }

    private sealed class State
    {
        public double Value { get; set; } = double.NaN;
        public int Moved { get; set; }
        public int Still { get; set; }
        public int Since { get; set; }
    }
}

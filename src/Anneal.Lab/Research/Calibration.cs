using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;

namespace Anneal.Lab.Research;

/// <summary>How well a source's predictions agree with what was measured. Scores are means over the experiments that count; null where none does.</summary>
/// <param name="Source">See <see cref="ProposalSource"/>.</param>
/// <param name="Experiments">Experiments with a measured effect and a valid verdict.</param>
/// <param name="Brier">Mean of (P(effect &gt; 0) - [effect &gt; 0])^2 with the predicted normal's P: 0 is perfect, 0.25 is a coin.</param>
/// <param name="BrierConfirmed">The same for the predicted chance of a confirmation, over proposals that gave one.</param>
/// <param name="Coverage50">Share of effects inside the predicted central 50% interval.</param>
/// <param name="Coverage80">Inside the 80% interval.</param>
/// <param name="Coverage95">Inside the 95% interval.</param>
/// <param name="MeanError">Mean of measured minus predicted effect, in units of the objective: below 0 promises too much.</param>
/// <param name="Confirmed">Confirmed experiments.</param>
/// <param name="Flops">FLOPs of all of the source's experiments, invalid ones included.</param>
public sealed record CalibrationRow(
    string Source, int Experiments, double? Brier, double? BrierConfirmed, double? Coverage50, double? Coverage80, double? Coverage95, double? MeanError, int Confirmed, double Flops);

/// <summary>Scores predictions against measurements. Pure functions of the record.</summary>
public static class Calibration
{
    // Half-widths of the central intervals of a standard normal.
    private const double Z50 = 0.674490, Z80 = 1.281552, Z95 = 1.959964;

    /// <summary>One row a source that has decided experiments, in the order of their first proposal.</summary>
    /// <param name="study">Any study.</param>
    public static IReadOnlyList<CalibrationRow> Of(StudyRecord study) => [.. study.Experiments
        .Where(experiment => experiment.Verdict is not null)
        .GroupBy(experiment => ProposalSource.Of(experiment.Proposal))
        .Select(group => Row(group.Key, [.. group]))];

    private static CalibrationRow Row(string source, IReadOnlyList<ExperimentRecord> all)
    {
        var measured = all.Where(experiment => experiment is { Effect: { } effect, Verdict: not Verdict.Invalid } && double.IsFinite(effect)).ToList();
        return new CalibrationRow(
            source,
            measured.Count,
            Mean(measured.Select(e => Square(ChanceOfGain(e.Proposal.Predicted) - (e.Effect > 0 ? 1 : 0)))),
            Mean(all.Where(e => e.Proposal.ConfirmProbability is not null && e.Verdict != Verdict.Invalid)
                .Select(e => Square(e.Proposal.ConfirmProbability!.Value - (e.Verdict == Verdict.Confirmed ? 1 : 0)))),
            Coverage(Z50),
            Coverage(Z80),
            Coverage(Z95),
            Mean(measured.Select(e => e.Effect!.Value - e.Proposal.Predicted.Mean)),
            all.Count(e => e.Verdict == Verdict.Confirmed),
            all.Sum(e => e.Flops));

        double? Coverage(double z) => Mean(measured.Select(e => Math.Abs(e.Effect!.Value - e.Proposal.Predicted.Mean) <= z * e.Proposal.Predicted.Sd ? 1.0 : 0));
    }

    /// <summary>P(effect &gt; 0) under the predicted normal; certainty where its sd is 0.</summary>
    /// <param name="predicted">The prediction.</param>
    public static double ChanceOfGain(Prediction predicted) => predicted.Sd > 0 ? Normal.Cdf(predicted.Mean / predicted.Sd) : predicted.Mean > 0 ? 1 : 0;

    private static double Square(double value) => value * value;

    private static double? Mean(IEnumerable<double> values) => values.Select(value => (double?)value).Average();
}

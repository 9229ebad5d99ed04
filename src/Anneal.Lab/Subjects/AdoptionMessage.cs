using System.Text;
using Anneal.Lab.Reports;

namespace Anneal.Lab.Subjects;

/// <summary>Message of the commit that an adopted edit becomes: what was claimed and what was measured.</summary>
internal static class AdoptionMessage
{
    private const int Subject = 72;

    /// <summary>The message.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="trial">The experiment, decided.</param>
    public static string Of(StudySpec spec, EditTrial trial)
    {
        var (record, proposal, unit) = (trial.ToRecord(), trial.Proposal, spec.Objective);
        var text = new StringBuilder();
        text.Append($"{PlainText.Shorten(PlainText.Clean(proposal.Hypothesis), Subject)}\n\n");
        text.Append($"Hypothesis: {PlainText.Clean(proposal.Hypothesis)}\nMechanism: {PlainText.Clean(proposal.Mechanism)}\nRefuted by: {PlainText.Clean(proposal.Refutation)}\n\n");
        text.Append($"Effect: {Units.Effect(record.Effect)} {unit}, control minus treatment: positive is better\n");
        text.Append($"95% interval: {Units.Interval(record.Interval)}\n");
        text.Append($"Predicted: {Units.Effect(proposal.Predicted.Mean)} ± {proposal.Predicted.Sd:0.0000}\n");
        text.Append($"Pairs: {record.Pairs.Count} of fresh seeds, against the champion re-measured\n");
        if (record.Evidence is var (value, bar)) text.Append($"E-value: {Units.EValue(value)} against a bar of {Units.EValue(bar)}\n");
        text.Append(spec.Subject!.Measured ? "Grade: measured by the lab on held-out text\n" : "Grade: self_reported (the repository measured itself), suggestive at most\n");
        text.Append($"Experiment: {trial.Number} of study {spec.Study}, proposed by {PlainText.Clean(proposal.Source)}\n");
        return text.ToString();
    }
}

using System.Text;
using Anneal.Lab.Ledger;

namespace Anneal.Benchmarks.Durability;

// Everything about a study that must not depend on time, kills and what finished first.
public static class Outcome
{
    public static string Of(StudyRecord study)
    {
        var text = new StringBuilder();
        text.AppendLine($"{study.Status} champion:\n{study.Champion}");
        foreach (var pair in study.NullPairs.Concat(study.NudgePairs).Concat(study.Sealed?.Pairs ?? [])) text.AppendLine($"{pair}");
        foreach (var experiment in study.Experiments)
        {
            text.AppendLine($"{experiment.Id} {experiment.Identity} {experiment.Status} {experiment.Verdict} {experiment.Reason} {experiment.Effect:R} {experiment.Interval} {experiment.Evidence} {experiment.Flops:R}");
            foreach (var (key, value) in experiment.Proposal.Change) text.AppendLine($"  {key}={value} predicted {experiment.Proposal.Predicted}");
            foreach (var screen in experiment.Screens) text.AppendLine($"  {screen}");
            foreach (var pair in experiment.Pairs) text.AppendLine($"  {pair}");
        }
        text.AppendLine($"sealed {study.Sealed?.Effect:R} {study.Sealed?.Low:R} {study.Sealed?.High:R} openings {study.SealedOpenings}");
        foreach (var run in study.Runs.OrderBy(run => run.Id, StringComparer.Ordinal)) text.AppendLine($"{run.Id} {run.Status} {run.Value:R} {run.Steps} {run.Tokens} {run.Flops:R} {run.Seed} {run.OrderSeed}");
        text.AppendLine($"flops {study.FlopsSpent:R}");
        return text.ToString();
    }
}

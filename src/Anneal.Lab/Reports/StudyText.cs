using System.Text;
using Anneal.Data.Tokenizer;
using Anneal.Lab.Subjects;

namespace Anneal.Lab.Reports;

/// <summary>A study as a file that starts it again, every default written out.</summary>
public static class StudyText
{
    /// <summary>YAML as <see cref="StudyFile"/> reads it.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="recipe">File of the baseline recipe, as it shall stand in the text.</param>
    public static string Of(StudySpec spec, string recipe)
    {
        var text = new StringBuilder();
        if (spec.Subject is { } subject)
            return OfSubject(spec, subject);
        text.Append($"study: {spec.Study}\nobjective: {spec.Objective}\nrecipe: {Quote(recipe)}\ncorpus: {Quote(spec.Corpus)}\nresearcher: {spec.Researcher}\nparallel: {spec.Parallel}\nseed: {spec.Seed}\n");
        text.Append("budget:\n");
        foreach (var (key, limit) in new[] { ("flops", spec.Budget.Flops), ("seconds", spec.Budget.Seconds), ("usd", spec.Budget.Usd) })
            if (limit is { } value)
                text.Append($"  {key}: {Number(value)}\n");
        text.Append($"  experiments: {spec.Budget.Experiments}\n");
        text.Append($"acceptance: {{false_accept: {Number(spec.Acceptance.FalseAccept)}, min_effect: {Number(spec.Acceptance.MinEffect)}, max_pairs: {spec.Acceptance.MaxPairs}}}\n");
        text.Append(Evaluation(spec));
        text.Append($"rungs: [{string.Join(", ", spec.Rungs.Select(Number))}]\n");
        text.Append($"noise: {{null_pairs: {spec.Noise.NullPairs}, nudge_pairs: {spec.Noise.NudgePairs}, sealed_pairs: {spec.Noise.SealedPairs}}}\n");
        AppendSpace(text, spec.Space);
        return text.ToString();
    }

    private static string OfSubject(StudySpec spec, SubjectSpec subject)
    {
        var text = new StringBuilder($"study: {spec.Study}\nsubject:\n  path: {Quote(subject.Path)}\n  revision: {Quote(subject.Revision)}\n  command: {Quote(subject.Command)}\n");
        text.Append($"  edit: [{string.Join(", ", subject.Edit.Select(Quote))}]\n  metric: {subject.Metric}\n  goal: {subject.Goal.ToString().ToLowerInvariant()}\n  budget: {Number(subject.Budget)}\n");
        text.Append($"  rungs: [{string.Join(", ", subject.Rungs.Select(Number))}]\n  mounts: [{string.Join(", ", subject.Mounts.Select(Quote))}]\n  devices: [{string.Join(", ", subject.Devices.Select(Quote))}]\n");
        if (subject.MemoryGb is { } memory)
            text.Append($"  memory_gb: {Number(memory)}\n");
        if (subject is { Logits: { } logits, Tokenizer: { } tokenizer })
        {
            text.Append($"  logits: {Quote(logits)}\n  tokenizer: {(tokenizer.Kind == TokenizerKind.Bytes ? "{kind: bytes}" : $"{{kind: bpe, vocab: {tokenizer.Vocab}, digits: {tokenizer.Digits}}}")}\n");
            text.Append($"corpus: {Quote(spec.Corpus)}\n{Evaluation(spec)}");
        }
        text.Append($"researcher: {spec.Researcher}\nparallel: {spec.Parallel}\nseed: {spec.Seed}\nbudget:\n");
        foreach (var (key, limit) in new[] { ("seconds", spec.Budget.Seconds), ("usd", spec.Budget.Usd), ("runs", spec.Budget.Runs) })
            if (limit is { } value)
                text.Append($"  {key}: {Number(value)}\n");
        text.Append($"  experiments: {spec.Budget.Experiments}\n");
        text.Append($"acceptance: {{false_accept: {Number(spec.Acceptance.FalseAccept)}, min_effect: {Number(spec.Acceptance.MinEffect)}, max_pairs: {spec.Acceptance.MaxPairs}}}\n");
        text.Append($"noise: {{null_pairs: {spec.Noise.NullPairs}, sealed_pairs: {spec.Noise.SealedPairs}}}\n");
        return text.ToString();
    }

    private static void AppendSpace(StringBuilder text, SearchSpace space)
    {
        if (space.Knobs.Count + space.AllowIdeas.Count + space.BarIdeas.Count == 0)
            return;
        text.Append("space:\n");
        if (space.Knobs.Count > 0)
            text.Append("  knobs:\n");
        foreach (var knob in space.Knobs)
            text.Append($"    {knob.Key}: {(knob.Type is KnobType.Choice
                ? $"{{type: choice, values: [{string.Join(", ", knob.Values)}]}}"
                : $"{{type: {(knob.Type is KnobType.Int ? "int" : "float")}, min: {Number(knob.Min)}, max: {Number(knob.Max)}{(knob.Log ? ", scale: log" : "")}}}")}\n");
        if (space.AllowIdeas.Count + space.BarIdeas.Count > 0)
            text.Append($"  ideas: {{allow: [{string.Join(", ", space.AllowIdeas)}], bar: [{string.Join(", ", space.BarIdeas)}]}}\n");
    }

    private static string Evaluation(StudySpec spec) => $"evaluation: {{documents: {spec.Evaluation.Documents}, window: {spec.Evaluation.Window}, stride: {spec.Evaluation.Stride}}}\n";

    private static string Number(double value) => value.ToString("R");

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

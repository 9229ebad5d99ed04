using System.Text.Json;
using Anneal.Lab;
using Anneal.Lab.Ledger;

namespace Anneal.Benchmarks.Durability;

// A whole study in a few seconds: a made-up language, a model of some thousand parameters, a baseline whose learning rate is
// far too low, so that there is something to find.
public sealed class TinyStudy : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinyStudy(double budget = 1e12, int experiments = 3, int parallel = 2, string extra = "")
    {
        File.WriteAllLines(folder.File("text.jsonl"), MadeUpLanguage.Documents(240).Select(text => JsonSerializer.Serialize(new { text })));
        File.WriteAllText(folder.File("baseline.yaml"),
            """
            model: {layers: 1, width: 16, heads: 2, context: 32}
            optimizer: {lr: 3.0e-4}
            tokenizer: {kind: bytes}
            data: {batch_tokens: 128}
            budget: {flops: 1.2e8}

            """);
        File.WriteAllText(StudyPath,
            $$"""
            study: tiny
            recipe: baseline.yaml
            corpus: text.jsonl
            parallel: {{parallel}}
            budget: {flops: {{budget:R}}, experiments: {{experiments}}}
            acceptance: {max_pairs: 5, false_accept: 0.2}
            evaluation: {documents: 6, window: 32, stride: 32}
            rungs: [0.5]
            noise: {null_pairs: 2, nudge_pairs: 1, sealed_pairs: 2}
            space:
              knobs:
                optimizer.lr: {type: float, min: 1.0e-3, max: 3.0e-2, scale: log}
                optimizer.weight_decay: {type: float, min: 0.01, max: 0.5, scale: log}
            {{extra}}

            """);
    }

    public string StudyPath => folder.File("study.yaml");

    public string Folder => folder.Directory;

    public string Lab => folder.File("lab");

    public StudySpec Spec => StudyFile.Load(StudyPath);

    public Task<StudyRecord> RunAsync(IProgress<StudyEvent>? progress = null, CancellationToken cancel = default) => Study.RunAsync(Spec, Lab, progress, cancel);

    public StudyRecord Read()
    {
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(Lab);
        return ledger.ReadStudy("tiny");
    }

    public void Dispose() => folder.Dispose();
}

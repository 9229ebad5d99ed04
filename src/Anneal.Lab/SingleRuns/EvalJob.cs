using System.Text.Json.Nodes;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Training;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab.SingleRuns;

/// <summary>One trained model to be measured on the validation side of a corpus.</summary>
public sealed record EvalJob
{
    /// <summary>The model.</summary>
    public required ModelChoice Model { get; init; }

    /// <summary>The lab's folder; it keeps the prepared corpus.</summary>
    public required string Lab { get; init; }

    /// <summary>A prepared corpus, <c>dotnet-docs</c>, <c>man-pages</c> or a path to text; null takes the run's own.</summary>
    public string? Corpus { get; init; }

    /// <summary>Held-out documents to score.</summary>
    public int Documents { get; init; } = new EvaluationSpec().Documents;

    /// <summary>Measures, in an evaluator process of its own.</summary>
    /// <param name="words">Told what is being done.</param>
    /// <param name="cancel">Gives up at once.</param>
    /// <exception cref="InputException">The corpus is not known, or does not fit the model.</exception>
    /// <exception cref="EvaluationException">There is no measurement.</exception>
    public async Task<EvaluationResult> RunAsync(IProgress<string>? words, CancellationToken cancel)
    {
        var source = Corpus ?? Model.Run?.Order.Recipe.Data.Corpus
            ?? throw new InputException("--corpus", "is needed: the saved state does not lie in a run's folder, so its corpus is not known");
        var (options, _) = Checkpoint.Describe(Model.Checkpoint);
        var tokenizer = Model.Run?.Order.Recipe.Tokenizer ?? new TokenizerConfig { Vocab = options.Vocab };
        var tokens = await CorpusChoice.TokenizeAsync(source, tokenizer, Lab, words, cancel);
        if (tokens.Vocab != options.Vocab)
            throw new InputException(source, $"gives a vocabulary of {tokens.Vocab} tokens, the model has {options.Vocab}; evaluate it on the corpus that it was trained on");
        await using var evaluator = new EvaluatorProcess(new ExecutorOptions());
        return await evaluator.EvaluateAsync(Model.Checkpoint, tokens.HeldDirectory, "val", Ruler.For(options.Model.Context) with { Documents = Documents }, cancel);
    }

    /// <summary>The document that other programs rely on.</summary>
    /// <param name="result">From <see cref="RunAsync"/>.</param>
    public JsonObject Document(EvaluationResult result) => new()
    {
        ["checkpoint"] = Model.Checkpoint,
        ["split"] = "val",
        ["loss"] = result.Loss,
        ["bpb"] = result.Bpb,
        ["tokens"] = result.Tokens,
        ["bytes"] = result.Bytes,
        ["documents"] = result.DocumentBpb.Count,
        ["domains"] = new JsonObject(result.ByDomain.Select(domain => KeyValuePair.Create(domain.Key, (JsonNode?)
            new JsonObject { ["bpb"] = domain.Value.Bpb, ["loss"] = domain.Value.Loss, ["documents"] = domain.Value.Documents }))),
    };
}

using System.Security.Cryptography;
using Anneal.Data;
using Anneal.Lab.Execution;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab.Subjects;

/// <summary>
/// The lab's own measurement of a subject: the train tokens that it may read, and the evaluator that asks its model about the
/// held ones. The model is a command in a sandbox; it is examined as blocks of proposals are.
/// </summary>
internal sealed class SubjectRuler : IAsyncDisposable
{
    // Beside the answers: loading splits, probes, the evaluator's own sums.
    private static readonly TimeSpan beside = TimeSpan.FromMinutes(5);

    private readonly StudySpec spec;
    private readonly TokenizedCorpus tokens;
    private readonly Sandbox sandbox;
    private readonly EvaluatorProcess evaluator;
    private readonly double seconds;

    private SubjectRuler(StudySpec spec, TokenizedCorpus tokens, Sandbox sandbox)
    {
        var options = new ExecutorOptions();
        (this.spec, this.tokens, this.sandbox) = (spec, tokens, sandbox);
        // Answering should not take longer than training may.
        seconds = Math.Max(options.LogitsSeconds, spec.Subject!.Budget);
        evaluator = new(options with { EvaluationPatience = TimeSpan.FromSeconds(seconds) + beside });
    }

    /// <summary>Folder with <c>train.bin</c>, <c>tokenizer.json</c> and <c>domains.json</c>: all of the corpus that the subject may see.</summary>
    public string TrainDirectory => tokens.TrainDirectory;

    /// <summary>Tokenises the corpus, or finds it tokenised.</summary>
    /// <param name="spec">A study whose subject the lab measures.</param>
    /// <param name="corpus">Its corpus.</param>
    /// <param name="sandbox">For the command that answers.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<SubjectRuler> MakeAsync(StudySpec spec, Corpus corpus, Sandbox sandbox, CancellationToken cancel)
    {
        var tokenized = await Task.Run(() => corpus.Tokenize(spec.Subject!.Tokenizer ?? new()), cancel).WaitAsync(cancel);
        return new(spec, tokenized, sandbox);
    }

    /// <summary>Bits per byte of the model that a run left behind.</summary>
    /// <param name="place">The run's folders, its command ended.</param>
    /// <param name="split"><c>val</c> or <c>test</c>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EvaluationException">The model broke a rule, or cannot be measured.</exception>
    public async Task<double> MeasureAsync(RunPlace place, string split, CancellationToken cancel)
    {
        var (start, limits) = SubjectCommand.Answer(spec.Subject!, place, TrainDirectory, sandbox);
        var command = new LogitsCommand
        {
            Program = start.FileName,
            Arguments = [.. start.ArgumentList],
            Seconds = seconds,
            // What the model is asked in which order must not be known to whoever wrote it; the measured value does not depend on it.
            Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)),
        };
        return (await evaluator.EvaluateAsync(place.Scratch, tokens.HeldDirectory, split, spec.Evaluation, cancel, logits: command, limits: limits)).Bpb;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => evaluator.DisposeAsync();
}

using System.Text.Json;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab.Execution;

/// <summary>
/// A long-lived evaluator, apart from all that it judges. One that dies, falls silent or answers what cannot be true is
/// replaced; its word is never taken.
/// </summary>
/// <param name="options">Patience.</param>
public sealed class EvaluatorProcess(ExecutorOptions options) : IAsyncDisposable
{
    private const long EvaluatorBytes = 4L << 30;
    private const int EvaluatorTasks = 64;


    private Child? child;
    private long requests;

    /// <summary>The process of now; null before the first request and after a failure.</summary>
    public ProcessIdentity? Identity => child?.Identity;

    /// <summary>Measures a checkpoint.</summary>
    /// <param name="checkpoint">Its folder.</param>
    /// <param name="held">Folder of the held documents.</param>
    /// <param name="split"><c>val</c> or <c>test</c>.</param>
    /// <param name="spec">The ruler.</param>
    /// <param name="cancel">Ends the process and gives up.</param>
    /// <param name="expected">What the checkpoint must be; null takes what it says.</param>
    /// <param name="logits">How to ask a model that the evaluator must not load; null loads it.</param>
    /// <param name="limits">What that model may use.</param>
    /// <exception cref="EvaluationException">The evaluator says no, the model broke a rule, or three evaluators in a row could not be trusted.</exception>
    public async Task<EvaluationResult> EvaluateAsync(
        string checkpoint, string held, string split, EvaluationSpec spec, CancellationToken cancel, ExpectedModel? expected = null, LogitsCommand? logits = null, SandboxSpec? limits = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AskAsync(new EvaluationRequest($"{++requests}", checkpoint, held, split, spec, expected, logits), limits, cancel);
            }
            catch (Exception e) when (e is IOException or JsonException or InvalidDataException or TimeoutException)
            {
                var words = child?.Errors;
                await EndAsync();
                if (attempt == 3) throw new EvaluationException($"three evaluators in a row failed; the last: {e.Message} {words}".TrimEnd(), e);
            }
            catch (OperationCanceledException)
            {
                await EndAsync();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task<EvaluationResult> AskAsync(EvaluationRequest request, SandboxSpec? limits, CancellationToken cancel)
    {
        child ??= Child.Start(WorkerCommand.Create("evaluate"));
        // The model is a child of the evaluator: what both use together is watched, with room for the evaluator.
        await using var watch = limits is null ? null : new SandboxWatch(child, limits with { MemoryBytes = limits.MemoryBytes + EvaluatorBytes, Processes = limits.Processes + EvaluatorTasks, CpuSeconds = null });
        try
        {
            return await AnswerAsync(request, cancel);
        }
        catch (Exception e) when (e is IOException && watch?.Breach is not null)
        {
            await EndAsync();
            throw new EvaluationException($"The model that was asked {watch.Breach.Detail}.") { Rule = watch.Breach.Rule };
        }
    }

    private async Task<EvaluationResult> AnswerAsync(EvaluationRequest request, CancellationToken cancel)
    {
        await child!.Input.WriteLineAsync(request.ToJson().AsMemory(), cancel);
        await child.Input.FlushAsync(cancel);
        var line = await child.Output.ReadLineAsync(cancel).AsTask().WaitAsync(options.EvaluationPatience, cancel)
            ?? throw new IOException("the evaluator ended without an answer.");
        var answer = EvaluationResponse.Parse(line) ?? throw new InvalidDataException("the evaluator answered null.");
        if (answer.Id != request.Id) throw new InvalidDataException($"the evaluator answered request '{answer.Id}', asked was '{request.Id}'.");
        if (answer.Error is { } error) throw new EvaluationException(error) { Rule = answer.Rule };
        return Believable(answer.Result);
    }

    // The parts of an answer must agree with each other.
    private static EvaluationResult Believable(EvaluationResult? result)
    {
        if (result is null) throw new InvalidDataException("the evaluator answered neither a result nor an error.");
        if (result.Tokens <= 0 || result.Bytes <= 0) throw new InvalidDataException($"the evaluator scored {result.Tokens} tokens and {result.Bytes} bytes.");
        if (!double.IsFinite(result.Loss) || result.Loss < 0) throw new EvaluationException($"the loss is {result.Loss}: the model's output is not finite.");
        var bpb = result.Loss * result.Tokens / Math.Log(2) / result.Bytes;
        if (!(Math.Abs(bpb - result.Bpb) <= 1e-9 * (1 + bpb))) throw new InvalidDataException($"the evaluator says {result.Bpb} bits per byte, its loss and counts give {bpb}.");
        return result;
    }

    private async Task EndAsync()
    {
        if (child is null) return;
        var ending = child;
        child = null;
        await ending.EndAsync(TimeSpan.FromMilliseconds(500));
        ending.Dispose();
    }
}

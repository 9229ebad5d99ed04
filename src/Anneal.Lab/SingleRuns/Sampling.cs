using System.Text.Json;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab.SingleRuns;

/// <summary>Asks a worker process for one continuation.</summary>
public static class Sampling
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A request for a continuation.</summary>
    /// <param name="model">Who writes.</param>
    /// <param name="tokenizer">File of its tokenizer; null takes the run's.</param>
    /// <param name="prompt">Text to continue; empty starts a document.</param>
    /// <param name="tokens">Most new tokens.</param>
    /// <param name="temperature">0 always takes the likeliest token.</param>
    /// <param name="topK">Only the so many likeliest tokens; 0 means all.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <exception cref="InputException">The tokenizer is not known or not there.</exception>
    public static SampleRequest Request(ModelChoice model, string? tokenizer, string prompt, int tokens, double temperature, int topK, long seed)
    {
        tokenizer ??= model.Run is { } run ? Path.Combine(run.Order.TrainDirectory, "tokenizer.json")
            : throw new InputException("--tokenizer", "is needed: the saved state does not lie in a run's folder, so its tokenizer is not known");
        if (!File.Exists(tokenizer))
            throw new InputException(tokenizer, "is not there; name the model's tokenizer.json with --tokenizer FILE");
        return new SampleRequest("1", model.Checkpoint, Path.GetFullPath(tokenizer), prompt, tokens, temperature, topK, seed);
    }

    /// <summary>Asks.</summary>
    /// <param name="request">From <see cref="Request"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="JobFailedException">The worker refuses, or ends without an answer.</exception>
    public static async Task<string> AskAsync(SampleRequest request, CancellationToken cancel)
    {
        using var child = Child.Start(WorkerCommand.Create("sample"));
        try
        {
            await child.Input.WriteLineAsync(JsonSerializer.Serialize(request, Snake).AsMemory(), cancel);
            await child.Input.FlushAsync(cancel);
            var line = await child.Output.ReadLineAsync(cancel) ?? throw new JobFailedException($"the sampler ended without an answer. {child.Errors}".TrimEnd());
            var answer = JsonSerializer.Deserialize<SampleResponse>(line, Snake);
            return answer?.Text ?? throw new JobFailedException(answer?.Error ?? "the sampler answered nothing.");
        }
        finally
        {
            await child.EndAsync(TimeSpan.FromSeconds(1));
        }
    }
}

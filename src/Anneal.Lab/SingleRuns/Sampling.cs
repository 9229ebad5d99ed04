using System.Text.Json;
using Anneal.Lab.Execution;
using Anneal.Runs.Evaluation;

namespace Anneal.Lab.SingleRuns;

/// <summary>Asks a worker process for one continuation.</summary>
public static class Sampling
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

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

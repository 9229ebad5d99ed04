using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Checks;
using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Worker;

/// <summary>Long-lived verbs: a JSON object a line in, one a line out, until the input ends.</summary>
internal static class RequestLoop
{
    /// <summary>Answers <see cref="EvaluationRequest"/>s.</summary>
    public static void Evaluate(Stream input, Stream output)
    {
        using var evaluator = new Evaluator();
        Answer(input, output, ProtocolJson.Default.EvaluationRequest, ProtocolJson.Default.EvaluationResponse,
            request =>
            {
                try
                {
                    return new(request.Id, evaluator.Evaluate(request.Checkpoint, request.HeldDirectory, request.Split, request.Spec, request.Expected, request.Logits));
                }
                catch (FoulPlayException foul)
                {
                    return new(request.Id, Error: foul.Message, Rule: foul.Rule);
                }
            },
            (request, error) => new(request?.Id ?? "", Error: error));
    }

    /// <summary>Answers <see cref="SampleRequest"/>s.</summary>
    public static void Sample(Stream input, Stream output) =>
        Answer(input, output, ProtocolJson.Default.SampleRequest, ProtocolJson.Default.SampleResponse,
            request =>
            {
                using var model = Checkpoint.LoadModel(request.Checkpoint);
                var options = new SamplerOptions { Tokens = request.Tokens, Temperature = request.Temperature, TopK = request.TopK, Seed = request.Seed };
                return new(request.Id, TextSampler.Continue(model, Tokenizer.Load(request.Tokenizer), request.Prompt, options));
            },
            (request, error) => new(request?.Id ?? "", Error: error));

    /// <summary>Answers <see cref="CheckRequest"/>s: loads the code of a recipe and runs it for a moment.</summary>
    public static void Check(Stream input, Stream output) =>
        Answer(input, output, ProtocolJson.Default.CheckRequest, ProtocolJson.Default.CheckResponse,
            request =>
            {
                var folder = Directory.CreateTempSubdirectory("anneal-check-");
                try
                {
                    var options = RunLength.ToOptions(request.Recipe, request.Vocab, request.Steps, 1);
                    var facts = CodeCheck.Run(options, () => ProposedParts.Load(request.Recipe.Code, request.Code) ?? new(), folder.FullName);
                    return new(request.Id, facts.FlopsPerStep, facts.Parameters, facts.Problems);
                }
                finally
                {
                    folder.Delete(recursive: true);
                }
            },
            (request, error) => new(request?.Id ?? "", Error: error));

    private static void Answer<TRequest, TResponse>(
        Stream input, Stream output, JsonTypeInfo<TRequest> requests, JsonTypeInfo<TResponse> responses,
        Func<TRequest, TResponse> answer, Func<TRequest?, string, TResponse> refuse)
        where TRequest : class
    {
        using var lines = new StreamReader(input);
        while (lines.ReadLine() is { } line)
        {
            if (line.Trim().Length == 0) continue;
            TRequest? request = null;
            TResponse response;
            try
            {
                request = JsonSerializer.Deserialize(line, requests) ?? throw new JsonException("null is no request");
                response = answer(request);
            }
            catch (Exception e) when (e is JsonException or InputException or CorpusException or ArgumentException or InvalidDataException or IOException)
            {
                response = refuse(request, e.Message);
            }
            output.Write(JsonSerializer.SerializeToUtf8Bytes(response, responses));
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Data;
using Anneal.Lab.Execution;
using Anneal.Lab.Providers;
using Anneal.Lab.Reports;
using Anneal.Runs;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Anneal.Server.Mcp;

/// <summary>A verb of the lab as a tool: strict input, structured output, and errors from which a model can learn.</summary>
internal sealed class LabTool : McpServerTool
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _input;
    private readonly Func<ToolCall, CancellationToken, Task<JsonObject>> _work;
    private readonly Action<string> _log;

    /// <param name="name">Snake case, noun first.</param>
    /// <param name="description">What it does and when to use it.</param>
    /// <param name="hints">Of <see cref="Hints"/>.</param>
    /// <param name="input">Of <see cref="Schema.Input"/>.</param>
    /// <param name="output">Of <see cref="Schema.Output"/>.</param>
    /// <param name="work">Does it.</param>
    /// <param name="log">Told of faults of ours.</param>
    public LabTool(string name, string description, ToolAnnotations hints, JsonObject input, JsonObject output, Func<ToolCall, CancellationToken, Task<JsonObject>> work, Action<string> log)
    {
        InputSchema.Require(input, name);
        InputSchema.Require(output, name);
        // As it goes over the wire, so that it is checked as it is read.
        (_input, _work, _log) = (JsonNode.Parse(input.ToJsonString())!.AsObject(), work, log);
        ProtocolTool = new()
        {
            Name = name,
            Description = description,
            Annotations = hints,
            InputSchema = JsonSerializer.SerializeToElement(input),
            OutputSchema = JsonSerializer.SerializeToElement(output),
        };
    }

    public override ModelContextProtocol.Protocol.Tool ProtocolTool { get; }

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var arguments = JsonSerializer.SerializeToElement(request.Params?.Arguments ?? new Dictionary<string, JsonElement>());
        try
        {
            if (InputSchema.Check(_input, arguments) is { Count: > 0 } problems) return Problem(string.Join("\n", problems));
            // Off the session's thread: a client can always ask for something else meanwhile.
            var call = new ToolCall(request, arguments);
            var document = await Task.Run(() => _work(call, cancellationToken), cancellationToken);
            await call.ToldAsync();
            return new CallToolResult
            {
                StructuredContent = JsonSerializer.SerializeToElement(document),
                Content = [new TextContentBlock { Text = document.ToJsonString(Readable) }],
            };
        }
        catch (Exception failure) when (failure is InputException or CorpusException or JobFailedException or EvaluationException or IOException or UnauthorizedAccessException)
        {
            return Problem(failure.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _log($"{ProtocolTool.Name}: {failure}");
            return Problem($"a fault in Anneal: {failure.GetType().Name}: {failure.Message}. The server goes on; its log (standard error) says where.");
        }
    }

    private static CallToolResult Problem(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = PlainText.Clean(message, lines: true) }] };
}

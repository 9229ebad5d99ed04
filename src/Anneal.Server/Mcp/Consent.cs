using Anneal.Lab.Reports;
using Anneal.Runs;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Anneal.Server.Mcp;

/// <summary>Nothing is spent unless a person said so: before, as a budget of the server, or now, asked by the client.</summary>
/// <param name="allowance">What may be spent without being asked.</param>
internal sealed class Consent(Allowance allowance)
{
    private const string Answer = "go_ahead";

    /// <summary>Waits for leave to spend.</summary>
    /// <param name="server">Of the request: it knows what the client can do.</param>
    /// <param name="job">What will be done, in a few words.</param>
    /// <param name="most">Most that it costs.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">No leave; the message says how to get it.</exception>
    public async Task<Leave> AskAsync(McpServer server, string job, Cost most, CancellationToken cancel)
    {
        if (allowance.Reserve(most) is { } leave) return leave;
        var why = allowance.WhyNot(most);
        if (server.ClientCapabilities?.Elicitation is null)
            throw new InputException(job, $"was not started: it costs {most}; {why}; and this client cannot ask its user. "
                + "Start the server with a budget, for example `anneal mcp --budget-flops 1e14 --budget-usd 5`, or use a client that supports elicitation.");
        var answer = await server.ElicitAsync(new ElicitRequestParams
        {
            Message = $"{PlainText.Shorten(PlainText.Clean(job), 200)}: {most}. Go ahead?",
            RequestedSchema = new()
            {
                Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
                {
                    [Answer] = new ElicitRequestParams.BooleanSchema { Title = "Go ahead", Description = "Spend this once, for this job alone." },
                },
                Required = [Answer],
            },
        }, cancel);
        if (answer.IsAccepted && answer.Content?.TryGetValue(Answer, out var said) == true && said.ValueKind == System.Text.Json.JsonValueKind.True) return new Leave(double.PositiveInfinity, _ => { });
        throw new InputException(job, $"was not started: the user said no to {most}. Nothing was spent.");
    }
}

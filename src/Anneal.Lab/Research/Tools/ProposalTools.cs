using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Code;
using Anneal.Lab.Providers;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>propose_experiment</c> and <c>nothing_left</c>: the two ways in which a conversation comes to its end.</summary>
internal static class ProposalTools
{
    /// <summary>Schema of code that comes with a change.</summary>
    public static JsonObject Code
    {
        get
        {
            var code = ToolSchema.Object(
                ("kind", ToolSchema.Word("Part of the trainer that it replaces.", Enum.GetNames<CodeKind>().Select(name => name.ToLowerInvariant()))),
                ("source", ToolSchema.Text("One C# file, no directives; read_source shows what it builds on.", 40_000)));
            code["description"] = "C# source that replaces a part of the trainer. Leave out for a change of settings.";
            return code;
        }
    }

    /// <summary>What every proposal says, whatever it changes.</summary>
    public static IReadOnlyList<(string Name, JsonObject Type)> Claim =>
    [
        ("hypothesis", ToolSchema.Text("What you claim, in one sentence.", 400)),
        ("mechanism", ToolSchema.Text("Why it should hold at this scale and budget.", 1200)),
        ("refuted_by", ToolSchema.Text("What outcome would refute it.", 400)),
        ("predicted_effect", Prediction()),
        ("confirm_probability", ToolSchema.Number("Chance that the gate confirms it, 0 to 1.", 0, 1)),
    ];

    public static Tool ProposeExperiment(ProposalTask task) => new(
        new ToolSpec("propose_experiment", "Proposes the next experiment and ends the conversation. The change is against the champion of now. The gate alone decides; you are scored on your prediction.", ToolSchema.Object(
            [.. Claim, ("change", ToolSchema.Change("Recipe keys and their new values, as few as the hypothesis needs. {} if the code is all.")), ("code?", Code)])),
        async (input, cancel) =>
        {
            var proposal = Read(input);
            if (await Task.Run(() => ProposalFlaws.Find(proposal, task), cancel) is { } flaw) return new ToolAnswer($"Not accepted: {flaw}", IsError: true);
            task.Proposal = proposal;
            return new ToolAnswer("Accepted.", Ends: true);
        });

    public static Tool NothingLeft(ProposalTask task) => new(
        new ToolSpec("nothing_left", "Ends the conversation without a proposal. Only where nothing is worth its FLOPs: the built-in search then takes the turn.", ToolSchema.Object(
            ("reason", ToolSchema.Text("Why, in a sentence.", 400)))),
        (input, _) =>
        {
            task.NothingLeft = input.Text("reason")!;
            return Task.FromResult(new ToolAnswer("Noted.", Ends: true));
        });

    private static JsonObject Prediction()
    {
        var prediction = ToolSchema.Object(
            ("mean", ToolSchema.Number("Expected effect.", -10, 10)),
            ("sd", ToolSchema.Number("Standard deviation of your belief; above 0.", 1e-6, 10)));
        prediction["description"] = "Champion minus change in units of the objective, at the full budget: positive is better.";
        return prediction;
    }

    /// <summary>The proposal of a call that has passed the schema; its source is filled in at the end of the conversation.</summary>
    public static Proposal Read(JsonElement input)
    {
        var predicted = input.GetProperty("predicted_effect");
        return new()
        {
            Source = ProposalSource.Model,
            Hypothesis = TextTable.Line(input.Text("hypothesis"), 400),
            Mechanism = TextTable.Line(input.Text("mechanism"), 1200),
            Refutation = TextTable.Line(input.Text("refuted_by"), 400),
            Change = input.Change(),
            Code = input.Code(),
            Predicted = new(predicted.Number("mean")!.Value, predicted.Number("sd")!.Value),
            ConfirmProbability = input.Number("confirm_probability"),
        };
    }
}

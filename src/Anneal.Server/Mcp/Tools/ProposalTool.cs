using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Code;
using Anneal.Lab.Research;
using Anneal.Lab.Subjects;
using Anneal.Runs;

namespace Anneal.Server.Mcp.Tools;

/// <summary>An MCP client as the researcher: its proposals go before all others.</summary>
internal static class ProposalTool
{
    public static LabTool Of(McpLab lab) => new("propose_experiment",
        "Hands an experiment to a study, running or not: it is tried before any other source's. Say what you expect; you are scored on it. The lab alone screens, confirms on paired seeds and judges. Read findings, the report and recipe_keys first.",
        Hints.AddsEach,
        Schema.Input(
            ("study*", Schema.Text("The study's name in the lab.").Sized(1, 200)),
            ("hypothesis*", Schema.Text("What is claimed, in a sentence.").Sized(8, 500)),
            ("mechanism*", Schema.Text("Why it should hold.").Sized(8, 2000)),
            ("refutation*", Schema.Text("What measurement would refute it.").Sized(8, 1000)),
            ("change", Schema.Map("Recipe keys (recipe_keys names them) and their new values, against the champion of the moment.",
                new JsonObject { ["type"] = new JsonArray("string", "number", "boolean"), ["description"] = "New value." })),
            ("predicted_effect*", Schema.Number("Control minus treatment that you expect, in units of the objective: positive is better.")),
            ("predicted_sd*", Positive(Schema.Number("How unsure you are: standard deviation of that."))),
            ("confirm_probability", Share(Schema.Number("Chance that the gate confirms it."))),
            ("code", Code.OrNull()),
            ("edits", Edits)),
        Schema.Output(("study*", Schema.Text("Study.")), ("proposal*", Schema.Text("Its name in the study's inbox.")), ("ahead*", Schema.Whole("Proposals that wait before it.", 0, 100_000)), ("next*", Schema.Text("What happens now."))),
        (call, _) => Task.FromResult(HandIn(lab, call)), lab.Log);

    private static JsonObject Code => new()
    {
        ["type"] = "object",
        ["description"] = "C# source that comes with the change, compiled and run by the lab in a sandbox. One file, one public class that derives from the engine's base class of its kind.",
        ["properties"] = new JsonObject
        {
            ["kind"] = Schema.OneOf("Which part of the trainer it replaces.", [.. Enum.GetNames<CodeKind>().Select(name => name.ToLowerInvariant())]),
            ["source"] = Schema.Text("The file.").Sized(1, 64 * 1024),
        },
        ["required"] = new JsonArray("kind", "source"),
        ["additionalProperties"] = false,
    };

    private static JsonObject HandIn(McpLab lab, ToolCall call)
    {
        var study = LabStudies.Read(lab.Directory, call.Required("study"));
        if (study.Status is "done" or "failed")
            throw new InputException(study.Spec.Study, $"is {study.Status}: it takes no more proposals. Start a study under another name.");
        var proposal = new Proposal
        {
            Source = $"mcp:{call.Client}",
            Hypothesis = call.Required("hypothesis"),
            Mechanism = call.Required("mechanism"),
            Refutation = call.Required("refutation"),
            Change = call.Find("change")?.EnumerateObject().ToDictionary(property => property.Name, property => Scalar(property.Value)) ?? [],
            Edits = call.Find("edits")?.EnumerateArray().Select(Edit).ToList(),
            Predicted = new Prediction(call.Number("predicted_effect")!.Value, call.Number("predicted_sd")!.Value),
            ConfirmProbability = call.Number("confirm_probability"),
            Code = call.Find("code") is { } code ? new ProposedCode(Enum.Parse<CodeKind>(code.GetProperty("kind").GetString()!, ignoreCase: true), code.GetProperty("source").GetString()!) : null,
        };
        if (ProposalCheck.FlawOf(proposal, study) is { } flaw)
            throw new InputException("proposal", flaw);
        var inbox = new Inbox(lab.Directory, study.Spec.Study);
        var ahead = inbox.Waiting().Count(waiting => !Inbox.IsKnown(study.Experiments.Select(experiment => experiment.Proposal), waiting.Proposal));
        return new JsonObject
        {
            ["study"] = study.Spec.Study,
            ["proposal"] = inbox.Add(proposal),
            ["ahead"] = ahead,
            ["next"] = study.Status == "running" ? "The study takes it when an experiment ends; follow it with study_status." : "The study is not running: it takes it first when it goes on (study_start).",
        };
    }

    private static JsonObject Edits => Schema.List("For a study of a repository: edits of files that it names, in place of `change` and `code`.", new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["path"] = Schema.Text("The file, relative to the repository's root.").Sized(1, 1000),
            ["content"] = Schema.Text("Its new content, whole; or leave it out and give hunks."),
            ["hunks"] = Schema.List("Pieces to replace.", new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["search"] = Schema.Text("Text that is in the file exactly once.").Sized(1, 64 * 1024), ["replace"] = Schema.Text("What stands there instead.") },
                ["required"] = new JsonArray("search", "replace"),
                ["additionalProperties"] = false,
            }),
        },
        ["required"] = new JsonArray("path"),
        ["additionalProperties"] = false,
    });

    private static FileEdit Edit(JsonElement edit) => new(
        edit.GetProperty("path").GetString()!,
        edit.TryGetProperty("content", out var content) ? content.GetString() : null,
        edit.TryGetProperty("hunks", out var hunks) ? [.. hunks.EnumerateArray().Select(hunk => new Hunk(hunk.GetProperty("search").GetString()!, hunk.GetProperty("replace").GetString()!))] : null);

    private static string Scalar(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonObject Positive(JsonObject schema)
    {
        schema["exclusiveMinimum"] = 0;
        return schema;
    }

    private static JsonObject Share(JsonObject schema)
    {
        (schema["minimum"], schema["maximum"]) = (0, 1);
        return schema;
    }
}

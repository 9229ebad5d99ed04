using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Lab.Research;
using Anneal.Runs;

namespace Anneal.Server.Mcp.Tools;

/// <summary>What was found: across the lab, one experiment in full, what went wrong, what was refused.</summary>
internal static class FindingTools
{
    private static readonly string[] Verdicts = ["confirmed", "suggestive", "inconclusive", "rejected", "invalid"];

    public static IEnumerable<LabTool> Of(McpLab lab)
    {
        yield return new("findings", "Searches what experiments found, newest first, in one study or across the lab; failures too. Look here before you propose: what was refuted once needs a new reason.", Hints.Reads,
            Schema.Input(("study", Study), ("verdict", Schema.OneOf("Only these.", Verdicts)), ("text", Schema.Text("Only those whose hypothesis, mechanism, change or reason contains this.").Sized(1, 200)), ("limit", Schema.Whole("At most so many.", 1, 100).Default(20))),
            Schema.Output(("findings*", Schema.List("Newest first. Effects are control minus treatment: positive is better.", Finding)), ("total*", Schema.Whole("How many match.", 0, 1_000_000))),
            (call, _) => Task.FromResult(Find(lab, call)), lab.Log);
        yield return new("experiment", "One experiment in full: screening, pairs, evidence, both recipes, code, incidents.", Hints.Reads,
            Schema.Input(("study*", Study), ("id*", Schema.Whole("From 1.", 1, 1_000_000))),
            Finding, (call, _) => Task.FromResult(One(lab, call)), lab.Log);
        yield return new("ledger_query", $"One SELECT (SQLite) over a study's record, read-only; nothing sealed is in it. Effects are champion minus change: positive is better. Tables:\n{StudyQuery.Tables}", Hints.Reads,
            Schema.Input(("study*", Study), ("sql*", Schema.Text("The SELECT.").Sized(1, 4000))),
            Schema.Output(("study*", Schema.Text("Study.")), ("rows*", Schema.Text("A table of text, fenced as data."))),
            (call, _) => Task.FromResult(Query(lab, call)), lab.Log);
        yield return new("incidents", "What the monitor saw go wrong in runs and what was done about it, newest first.", Hints.Reads,
            Schema.Input(("study", Study), ("limit", Schema.Whole("At most so many.", 1, 200).Default(50))),
            Schema.Output(("incidents*", Schema.List("Newest first.", Schema.Output(("study*", Schema.Text("Study.")), ("run*", Schema.Text("Run id.")), ("message*", Schema.Text("In a sentence.")))))),
            (call, _) => Task.FromResult(Incidents(lab, call)), lab.Log);
        yield return new("refusals", "Proposals that never became experiments and code that tried to win without learning, each with the rule that it broke, newest first.", Hints.Reads,
            Schema.Input(("study", Study), ("limit", Schema.Whole("At most so many.", 1, 200).Default(50))),
            Schema.Output(("refusals*", Schema.List("Newest first.", Schema.Output(("study*", Schema.Text("Study.")), ("source*", Schema.Text("Who proposed.")), ("rule*", Schema.Text("Which rule.")), ("detail*", Schema.Text("The evidence.")))))),
            (call, _) => Task.FromResult(Refusals(lab, call)), lab.Log);
    }

    private static JsonObject Study => Schema.Text("The study's name in the lab.").Sized(1, 200);

    private static JsonObject Finding => Schema.Output(
        ("study*", Schema.Text("Study.")),
        ("id*", Schema.Whole("From 1.", 1, 1_000_000)),
        ("hypothesis*", Schema.Text("What was claimed.")),
        ("source*", Schema.Text("Who proposed.")),
        ("verdict*", Schema.Text("confirmed, suggestive, inconclusive, rejected, invalid; null while open.").OrNull()),
        ("effect*", Schema.Number("Control minus treatment, positive is better; null where there is none.").OrNull()),
        ("change*", Schema.Map("Recipe keys and their new values.", Schema.Text("Value."))));

    private static JsonObject Find(McpLab lab, ToolCall call)
    {
        var (verdict, text) = (call.Text("verdict"), call.Text("text"));
        var all = Studies(lab, call.Text("study")).SelectMany(study => study.Experiments.Select(experiment => (Study: study.Spec.Study, Experiment: experiment))).Reverse()
            .Where(found => verdict is null ? found.Experiment.Verdict is not null : found.Experiment.VerdictWord() == verdict)
            .Where(found => text is null || Words(found.Experiment).Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        return new JsonObject
        {
            ["findings"] = new JsonArray([.. all.Take(call.Whole("limit") ?? 20).Select(found => Document(found.Study, found.Experiment))]),
            ["total"] = all.Count,
        };
    }

    private static string Words(ExperimentRecord experiment) => string.Join('\n', experiment.Proposal.Hypothesis, experiment.Proposal.Mechanism, experiment.ChangeText(), experiment.Reason);

    private static JsonObject Document(string study, ExperimentRecord experiment)
    {
        var document = JsonReport.Experiment(experiment);
        document.Insert(0, "study", study);
        return document;
    }

    private static JsonObject One(McpLab lab, ToolCall call)
    {
        var study = LabStudies.Read(lab.Directory, call.Required("study"));
        var id = call.Whole("id");
        var experiment = study.Experiments.FirstOrDefault(experiment => experiment.Id == id)
            ?? throw new InputException($"{study.Spec.Study}, experiment {id}", $"is not there; the study has {Units.Plural(study.Experiments.Count, "experiment")}");
        var document = Document(study.Spec.Study, experiment);
        document["refutation"] = experiment.Proposal.Refutation;
        document["screening"] = new JsonArray([.. experiment.Screens.Select(screen => new JsonObject
        {
            ["fraction"] = screen.Fraction, ["control"] = screen.Control, ["treatment"] = screen.Treatment, ["decision"] = screen.Decision, ["reason"] = screen.Reason,
        })]);
        document["pair_differences"] = new JsonArray([.. experiment.Pairs.Select(pair => JsonValue.Create(pair.Difference))]);
        if (experiment.Evidence is var (value, bar)) document["evidence"] = new JsonObject { ["e_value"] = Math.Min(value, double.MaxValue), ["bar"] = Math.Min(bar, double.MaxValue) };
        document["control_recipe"] = experiment.ControlRecipe;
        document["treatment_recipe"] = experiment.TreatmentRecipe;
        document["code"] = experiment.Proposal.Code is { } code ? new JsonObject { ["kind"] = code.Kind.ToString().ToLowerInvariant(), ["source"] = code.Source } : null;
        document["incidents"] = new JsonArray([.. study.Incidents.Where(incident => incident.Experiment == id).Select(incident => Document(study.Spec.Study, incident))]);
        return document;
    }

    private static JsonObject Query(McpLab lab, ToolCall call)
    {
        using var ledger = LabStudies.Open(lab.Directory);
        var study = ledger.ReadStudy(call.Required("study"));
        var answer = StudyQuery.Ask(study, ledger.ReadEarlier(study.Spec.Study), call.Required("sql"));
        return answer.IsError ? throw new InputException("sql", answer.Text) : new JsonObject { ["study"] = study.Spec.Study, ["rows"] = answer.Text };
    }

    private static JsonObject Incidents(McpLab lab, ToolCall call) => new()
    {
        ["incidents"] = new JsonArray([.. Studies(lab, call.Text("study")).SelectMany(study => study.Incidents.Select(incident => Document(study.Spec.Study, incident))).Reverse().Take(call.Whole("limit") ?? 50)]),
    };

    private static JsonObject Refusals(McpLab lab, ToolCall call) => new()
    {
        ["refusals"] = new JsonArray([.. Studies(lab, call.Text("study")).SelectMany(study => study.Refusals.Select(refusal => new JsonObject
        {
            ["study"] = study.Spec.Study, ["experiment"] = refusal.Experiment, ["source"] = refusal.Source, ["rule"] = refusal.Rule, ["detail"] = refusal.Detail,
        })).Reverse().Take(call.Whole("limit") ?? 50)]),
    };

    private static JsonObject Document(string study, IncidentRecord incident) => new()
    {
        ["study"] = study,
        ["run"] = incident.Run,
        ["experiment"] = incident.Experiment,
        ["step"] = incident.Step,
        ["severity"] = incident.Severity,
        ["action"] = incident.Action,
        ["detector"] = incident.Detector,
        ["cause"] = incident.Cause,
        ["message"] = incident.Message,
    };

    private static List<StudyRecord> Studies(McpLab lab, string? study)
    {
        using var ledger = LabStudies.Open(lab.Directory);
        return study is null ? [.. ledger.ListStudies().Select(ledger.ReadStudy)] : [ledger.ReadStudy(study)];
    }
}

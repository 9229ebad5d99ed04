using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Reports;
using Anneal.Runs;

namespace Anneal.Server.Mcp.Tools;

/// <summary>Studies: what there is, and running them.</summary>
internal static class StudyTools
{
    private static readonly string Works = "Prefer study_start and study_status for studies of more than a minute or two. Spending is confirmed by the user, or covered by the server's budget; without either it is refused.";

    public static IEnumerable<LabTool> Of(McpLab lab)
    {
        yield return new("study_list", "Lists the lab's studies: status, counts, effect on the sealed test split, what they cost.", Hints.Reads,
            Schema.Input(), Schema.Output(("lab*", Schema.Text("The lab's folder.")), ("studies*", Schema.List("Oldest first.", Schema.Output(("study*", Schema.Text("Name.")), ("status*", Schema.Text("running, interrupted, done or failed.")))))),
            (_, _) => Task.FromResult(List(lab)), lab.Log);
        yield return new("study_report", "One study's report: headline, experiments with verdicts and intervals, champion, budget. `concise` (default) leaves recipes out.", Hints.Reads,
            Schema.Input(("study*", Name), ("detail", Schema.OneOf("How much.", "concise", "full").Default("concise"))),
            Schema.Output(("study*", Schema.Text("Name.")), ("status*", Schema.Text("running, interrupted, done or failed.")), ("headline", Schema.Text("The verdict in a sentence.")), ("experiments*", Schema.List("In order.", Schema.Output(("id*", Schema.Whole("From 1.", 1, 1_000_000)), ("status*", Schema.Text("queued, running, done, failed or cancelled.")))))),
            (call, _) => Task.FromResult(Report(lab, call)), lab.Log);
        yield return new("study_run", $"Runs a study to its end, or goes on with it where it stopped; returns its summary. Cancelling saves its state. {Works}", Hints.Works,
            Sitting, StandingOf, (call, cancel) => RunAsync(lab, call, cancel), lab.Log);
        yield return new("study_start", $"Starts or goes on with a study in the background of this server and returns at once. It ends with the server, state saved. {Works}", Hints.Works,
            Sitting, StandingOf, (call, cancel) => StartAsync(lab, call, cancel), lab.Log);
        yield return new("study_status", "Where a study stands: phase, experiments under way, what happened lately, what is spent, whether it waits for a proposal.", Hints.Reads,
            Schema.Input(("study*", Name), ("wait_seconds", Schema.Whole("Wait so long for its end before answering.", 0, 100).Default(0))), StandingOf, (call, cancel) => StatusAsync(lab, call, cancel), lab.Log);
        yield return new("study_stop", "Stops a study that this server runs; its state is saved and study_start goes on with it.", Hints.Adds,
            Schema.Input(("study*", Name)), StandingOf, (call, _) => StopAsync(lab, call), lab.Log);
        yield return new("study_estimate", "What a study can cost at most and will probably cost, before it is started: FLOPs, dollars, experiments. Spends nothing.", Hints.Reads,
            Schema.Input(("study*", Schema.Text("The study's YAML file, or its name in the lab.")), ("researcher", Researcher), ("model", Schema.Text("Model to be asked, by its name in models.yaml.")), ("usd", Dollars)),
            Schema.Output(("study*", Schema.Text("Name.")), ("researcher*", Schema.Text("Who would propose."))), (call, _) => Task.FromResult(StudyJob.Of(lab, call) is var job ? CostEstimate.Of(job.Spec, job.Options, lab.Directory).Document() : []), lab.Log);
    }

    private static JsonObject Name => Schema.Text("The study's name in the lab.").Sized(1, 200);

    private static JsonObject Dollars => Schema.Number("Most dollars for a language model over all sittings; overrides the study's budget.usd.");

    private static JsonObject Researcher => Schema.OneOf("Who proposes; `mcp` waits for propose_experiment. Default: the study's.", [.. ResearcherChoice.Names]);

    private static JsonObject Sitting => Schema.Input(
        ("study*", Schema.Text("The study's YAML file (relative to the server's root), or the name of a study that the lab knows.").Sized(1, 1000)),
        ("researcher", Researcher),
        ("model", Schema.Text("Model to ask, by its name in models.yaml.")),
        ("effort", Schema.Text("How hard the model shall think.")),
        ("usd", Dollars),
        ("replay", Schema.Text("A transcript to answer from instead of a model.")));

    private static JsonObject StandingOf => Schema.Output(
        ("study*", Schema.Text("Name.")),
        ("status*", Schema.Text("running, interrupted, done or failed.")),
        ("detail*", Schema.Text("What it does now, or how it ended.")),
        ("here*", Schema.Flag("This server runs it.")),
        ("waits*", Schema.Flag("It waits for propose_experiment.")),
        ("judged*", Schema.Whole("Experiments with a verdict.", 0, 1_000_000)),
        ("lately*", Schema.List("What happened lately, oldest first.", Schema.Text("An event."))));

    private static JsonObject List(McpLab lab)
    {
        if (!Anneal.Lab.Ledger.Ledger.Exists(lab.Directory)) return new JsonObject { ["lab"] = lab.Directory, ["studies"] = new JsonArray() };
        using var ledger = LabStudies.Open(lab.Directory);
        return StudyListDocument.Of(lab.Directory, ledger.ListStudies().Select(ledger.ReadStudy));
    }

    private static JsonObject Report(McpLab lab, ToolCall call)
    {
        var study = LabStudies.Read(lab.Directory, call.Required("study"));
        var path = Path.Combine(Study.ReportDirectory(study.Spec.Study, lab.Directory), "report.html");
        var document = JsonNode.Parse(JsonReport.Render(study, lab.Directory, File.Exists(path) ? path : null))!.AsObject();
        var headline = Headline.Of(study);
        document["headline"] = $"{headline.Verdict} {headline.Detail}";
        if (call.Text("detail") != "full") document["champion"]!.AsObject().Remove("recipe");
        return document;
    }

    private static async Task<JsonObject> RunAsync(McpLab lab, ToolCall call, CancellationToken cancel)
    {
        var (sitting, isNew) = await SitAsync(lab, call, cancel);
        try
        {
            await sitting.FollowAsync(words =>
            {
                lock (sitting.Board.Gate) call.Tell(words, sitting.Board.Share);
            }, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && isNew)
        {
            await sitting.StopAsync();
            throw;
        }

        return Standing(lab, sitting.Study);
    }

    private static async Task<JsonObject> StartAsync(McpLab lab, ToolCall call, CancellationToken cancel)
    {
        var (sitting, _) = await SitAsync(lab, call, cancel);
        // What is wrong with it shows at once.
        await Task.WhenAny(sitting.Work, Task.Delay(500, cancel));
        if (sitting.Work.IsFaulted) await sitting.Work;
        return Standing(lab, sitting.Study);
    }

    private static async Task<(Sitting Sitting, bool IsNew)> SitAsync(McpLab lab, ToolCall call, CancellationToken cancel)
    {
        var job = StudyJob.Of(lab, call);
        if (lab.Sittings.Find(job.Spec.Study) is { Work.IsCompleted: false } working) return (working, false);
        var leave = await lab.Consent.AskAsync(call.Server, $"study {job.Spec.Study} with researcher {job.Spec.Researcher}", job.Most, cancel);
        var begun = lab.Sittings.Start(job.Spec.Study, job.Spec.Budget, job.Known?.SecondsSpent ?? 0,
            (progress, stop) => leave.DoAsync(token => job.RunAsync(lab.Directory, progress, token), job.CostOf, stop));
        // Another call was faster: this one spends nothing.
        if (!begun.IsNew) leave.Settle(default);
        return begun;
    }

    private static async Task<JsonObject> StatusAsync(McpLab lab, ToolCall call, CancellationToken cancel)
    {
        var study = call.Required("study");
        if (call.Whole("wait_seconds") is > 0 and var seconds && lab.Sittings.Find(study) is { } sitting)
            await Task.WhenAny(sitting.FollowAsync(words => call.Tell(words), cancel), Task.Delay(TimeSpan.FromSeconds(seconds), cancel));
        return Standing(lab, study);
    }

    private static async Task<JsonObject> StopAsync(McpLab lab, ToolCall call)
    {
        var study = call.Required("study");
        if (lab.Sittings.Find(study) is not { } sitting) throw new InputException(study, "is not run by this server, so it cannot be stopped from here");
        await sitting.StopAsync();
        return Standing(lab, study);
    }

    private static JsonObject Standing(McpLab lab, string name)
    {
        var sitting = lab.Sittings.Find(name);
        var working = sitting is { Work.IsCompleted: false };
        if (working && !Anneal.Lab.Ledger.Ledger.Exists(lab.Directory)) return Begun(sitting!);
        using var ledger = LabStudies.Open(lab.Directory);
        if (working && !ledger.HasStudy(name)) return Begun(sitting!);
        var study = ledger.ReadStudy(name);
        var headline = Headline.Of(study);
        var standing = new JsonObject
        {
            ["study"] = name,
            ["status"] = working ? "running" : study.Status,
            ["detail"] = sitting?.Work.Exception?.InnerException?.Message ?? $"{headline.Verdict} {headline.Detail}",
            ["here"] = working,
            ["waits"] = false,
            ["researcher"] = study.Researcher,
            ["judged"] = study.Experiments.Count(experiment => experiment.Verdict is not null),
            ["confirmed"] = study.Kept().Count(),
            ["flops"] = study.FlopsSpent,
            ["usd"] = study.UsdSpent,
            ["seconds"] = study.SecondsSpent,
            ["under_way"] = new JsonArray([.. study.Experiments.Where(experiment => experiment.Verdict is null).Select(experiment => JsonReport.Experiment(experiment))]),
            ["lately"] = new JsonArray([.. (sitting?.Lately ?? []).Select(words => JsonValue.Create(words))]),
        };
        if (working)
            lock (sitting!.Board.Gate)
                (standing["detail"], standing["waits"]) = (sitting.Board.Detail, sitting.Board.Waits);
        return standing;
    }

    private static JsonObject Begun(Sitting sitting) => new()
    {
        ["study"] = sitting.Study,
        ["status"] = "running",
        ["detail"] = sitting.Board.Detail,
        ["here"] = true,
        ["waits"] = false,
        ["judged"] = 0,
        ["lately"] = new JsonArray([.. sitting.Lately.Select(words => JsonValue.Create(words))]),
    };
}

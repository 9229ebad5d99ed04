using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Subjects;

// A scripted model in the place of a real one: nothing here thinks.
public class ModelEditorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_reads_edits_is_taught_and_its_edit_is_judged_like_any_other()
    {
        using var lab = new SubjectLab();
        var model = new ScriptedModel(request => request.Turn switch
        {
            0 => ScriptedModel.Calls("read_file", """{"path": "train.py", "from": 18, "lines": 5}"""),
            1 => ScriptedModel.Calls("search", """{"text": "LEARNING_RATE"}"""),
            2 => ScriptedModel.Calls("read_output", """{"run": "baseline"}"""),
            3 => Propose("prepare.py", "STEPS = 150", "STEPS = 1500"),
            4 => Propose("train.py", "NOT THERE", "x"),
            5 => Propose("train.py", "LEARNING_RATE = 0.25 ", "LEARNING_RATE = = 1 "),
            6 => Propose("train.py", "LEARNING_RATE = 0.25 ", "LEARNING_RATE = 0.25 "),
            _ => Propose("train.py", "LEARNING_RATE = 0.25 ", "LEARNING_RATE = 1.5 "),
        });
        var study = await RunAsync(lab, model, experiments: 1);

        var experiment = study.Experiments.ShouldHaveSingleItem();
        (experiment.Proposal.Source, experiment.Verdict, experiment.Adopted).ShouldBe(("model:scripted", Verdict.Suggestive, true));
        experiment.Proposal.Change["train.py"].ShouldBe("+1 -1 lines");
        Answer(model, 1).ShouldContain("LEARNING_RATE = 0.25");
        Answer(model, 2).ShouldContain("train.py:");
        Answer(model, 3).ShouldContain("val_bpb:");
        Answer(model, 4).ShouldContain("expected one of train.py");
        Answer(model, 5).ShouldContain("not in the file");
        Answer(model, 6).ShouldContain("no valid Python");
        Answer(model, 7).ShouldContain("has this change already");
        lab.Git("log", "--format=%B", "-1", "anneal/repo").ShouldContain("proposed by model:scripted");
        study.UsdSpent.ShouldBeGreaterThan(0);

        // Again: nobody is asked, nothing is paid.
        var silent = new ScriptedModel(_ => throw new InvalidOperationException("asked again"));
        (await RunAsync(lab, silent, experiments: 1)).UsdSpent.ShouldBe(study.UsdSpent);
        silent.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_edit_that_prints_a_better_number_is_invalid_and_a_refusal()
    {
        using var lab = new SubjectLab();
        var study = await RunAsync(lab, new ScriptedModel(_ => Propose("train.py", "print()\nval_bpb", "print()\nprint('val_bpb: 0.5')\nval_bpb")), experiments: 1);

        study.Status.ShouldBe("done");
        study.Experiments[0].Verdict.ShouldBe(Verdict.Invalid);
        study.Experiments[0].Reason.ShouldNotBeNull().ShouldContain("val_bpb: 0.5");
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(lab.Lab);
        ledger.ReadRefusals("repo").ShouldContain(refusal => refusal.Rule == "metric_contradicts_itself" && refusal.Experiment == 1);
    }

    [Fact]
    public async Task A_model_that_is_away_is_stood_in_for_and_never_named_as_if_it_had_spoken()
    {
        using var lab = new SubjectLab();
        var heard = new Listener();
        var study = await RunAsync(lab, new ScriptedModel(_ => throw new ModelException(ModelFailure.Unauthorised, "401: the key was revoked")), experiments: 1, heard);
        study.Status.ShouldBe("done");
        study.Experiments.ShouldHaveSingleItem().Proposal.Source.ShouldBe("constants");
        study.Experiments[0].Proposal.InsteadOf.ShouldNotBeNull().ShouldContain("revoked");
        study.Researcher.ShouldStartWith("embedded");
        heard.Of<ResearcherAbsent>().ShouldNotBeEmpty();
    }

    private static Task<StudyRecord> RunAsync(SubjectLab lab, ScriptedModel model, int experiments, Listener? heard = null) => Study.RunAsync(
        lab.Spec with { Researcher = "claude", Budget = new StudyBudget { Experiments = experiments, Usd = 5 } }, lab.Lab, heard, Cancel,
        new SittingOptions { Voice = (model, ScriptedModel.Entry) });

    private static ModelReply Propose(string path, string search, string replace) => ScriptedModel.Calls("propose_edit", new JsonObject
    {
        ["hypothesis"] = "A larger rate learns more in few steps.",
        ["mechanism"] = "The loss still falls steeply at the end.",
        ["refuted_by"] = "No lower val_bpb over pairs.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.3, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.8,
        ["edits"] = new JsonArray(new JsonObject { ["path"] = path, ["hunks"] = new JsonArray(new JsonObject { ["search"] = search, ["replace"] = replace }) }),
    }.ToJsonString());

    // What the tools answered before a request.
    private static string Answer(ScriptedModel model, int request) => model.Requests[request].Messages[^1].Content.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

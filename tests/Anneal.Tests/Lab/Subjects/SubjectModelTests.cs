using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Subjects;

public class SubjectModelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_reads_a_repository_is_taught_by_its_errors_and_has_its_edit_adopted()
    {
        using var lab = new SubjectLab();
        var model = new ScriptedModel(request => request.Turn switch
        {
            0 => ScriptedModel.Calls("list_files", "{}"),
            1 => ScriptedModel.Calls("read_file", """{"path": "../secrets"}"""),
            2 => ScriptedModel.Calls("read_file", """{"path": "train.py"}"""),
            3 => Propose("eval.py", "x", "y"),
            4 => Propose("train.py", "LEARNING_RATE = 99", "LEARNING_RATE = 0.5"),
            5 => Propose("train.py", Line(request), "LEARNING_RATE = = 0.5"),
            _ => Propose("train.py", Line(request), "LEARNING_RATE = 0.5"),
        });
        var heard = new Listener();
        var spec = lab.Spec with { Researcher = "claude", Budget = new StudyBudget { Experiments = 2, Usd = 5 } };
        var study = await Study.RunAsync(spec, lab.Lab, heard, Cancel, new SittingOptions { Voice = (model, ScriptedModel.Entry) });

        study.Status.ShouldBe("done");
        var first = study.Experiments[0];
        first.Proposal.Source.ShouldBe("model:scripted");
        (first.Verdict, first.Adopted).ShouldBe((Verdict.Suggestive, true));
        string[] answers = [.. model.Requests.Where(request => request.Conversation == "proposal/1" && request.Turn > 0).Select(Last)];
        answers[0].ShouldContain("train.py");
        answers[1].ShouldContain("The champion has no file");
        answers[2].ShouldContain("LEARNING_RATE");
        answers[3].ShouldContain("`eval.py` may not be edited");
        answers[4].ShouldContain("is not in the file");
        answers[5].ShouldContain("no valid Python");
        // The built-in search has the next turn.
        ProposalSource.Of(study.Experiments[1].Proposal).ShouldBe(ProposalSource.Embedded);
        heard.Of<CostEstimated>().ShouldHaveSingleItem();
        lab.Git("log", "--format=%B", "main..anneal/repo").ShouldContain("Hypothesis: A larger rate");
    }

    [Fact]
    public async Task An_edit_that_prints_a_better_number_is_invalid_and_a_refusal()
    {
        using var lab = new SubjectLab();
        var model = new ScriptedModel(request => request.Turn == 0
            ? ScriptedModel.Calls("search", """{"text": "evaluate_bpb(", "under": "train"}""")
            : Propose("train.py", "print()\nval_bpb", "print()\nprint('val_bpb: 0.5')\nval_bpb"));
        var spec = lab.Spec with { Researcher = "claude", Budget = new StudyBudget { Experiments = 1, Usd = 5 } };
        var study = await Study.RunAsync(spec, lab.Lab, null, Cancel, new SittingOptions { Voice = (model, ScriptedModel.Entry) });

        study.Status.ShouldBe("done");
        var experiment = study.Experiments.ShouldHaveSingleItem();
        (experiment.Verdict, experiment.Adopted).ShouldBe((Verdict.Invalid, false));
        experiment.Reason.ShouldNotBeNull().ShouldContain("val_bpb: 0.5");
        experiment.Proposal.Change["train.py"].ShouldBe("-2 +3 lines");
        Last(model.Requests[1]).ShouldContain("val_bpb = evaluate_bpb(probabilities)");
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(lab.Lab);
        ledger.ReadRefusals("repo").ShouldContain(refusal => refusal.Rule == "metric_contradicts_itself" && refusal.Experiment == 1);
        lab.Git("branch", "--list", "anneal/*").ShouldBeEmpty();
    }

    // The line as the file has it, found in what read_file showed.
    private static string Line(ModelRequest request) => request.Messages.SelectMany(message => message.Content).OfType<JsonObject>()
        .Select(block => block["content"]?.ToString() ?? "").SelectMany(text => text.Split('\n')).Last(line => line.StartsWith("LEARNING_RATE = ", StringComparison.Ordinal));

    private static ModelReply Propose(string path, string search, string replace) => ScriptedModel.Calls("propose_edit", new JsonObject
    {
        ["hypothesis"] = "A larger rate learns more in the same time.",
        ["mechanism"] = "The steps are too short.",
        ["refuted_by"] = "No gain.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.2, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.7,
        ["edits"] = new JsonArray(new JsonObject { ["path"] = path, ["search"] = search, ["replace"] = replace }),
    }.ToJsonString());

    private static string Last(ModelRequest request) => request.Messages[^1].Content[0]!["content"]?.GetValue<string>() ?? "";
}

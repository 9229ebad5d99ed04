using System.Text.Json.Nodes;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Tests.Lab.Code;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Research;

public class CodeProposalTests
{
    [Fact]
    public async Task A_model_reads_the_source_mends_its_code_by_the_compilers_words_and_has_it_judged_in_the_sandbox()
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        using var tiny = new TinyStudy(experiments: 1, extra: "researcher: claude");
        var model = new ScriptedModel(request => request.Turn switch
        {
            0 => ScriptedModel.Calls("read_source", """{"path": "Custom/CustomSchedule.cs"}"""),
            1 => Propose(Sources.Schedule.Replace("double warmup", "duoble warmup")),
            2 => Propose(Sources.Rate("System.IO.File.ReadAllText(\"/etc/passwd\"); return 1;")),
            _ => Propose(Sources.Schedule),
        });
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, null, TestContext.Current.CancellationToken, new SittingOptions { Usd = 5, Voice = (model, ScriptedModel.Entry) });

        study.Status.ShouldBe("done");
        string[] answers = [.. model.Requests.Skip(1).Select(request => request.Messages[^1].Content[0]!["content"]!.GetValue<string>())];
        answers[0].ShouldContain("abstract class CustomSchedule");
        answers[1].ShouldContain("CS0246");
        answers[2].ShouldContain("System.IO");
        var experiment = study.Experiments.ShouldHaveSingleItem();
        experiment.Proposal.Code!.Kind.ShouldBe(CodeKind.Schedule);
        experiment.TreatmentRecipe.ShouldContain(CodeCompiler.HashOf(Sources.Schedule));
        experiment.Verdict.ShouldNotBeNull().ShouldNotBe(Verdict.Invalid, experiment.Reason);
        study.Runs.ShouldContain(run => run.Role == RunRole.Screen && run.Status == "done");
        File.Exists(Path.Combine(tiny.Lab, "code", $"{CodeCompiler.HashOf(Sources.Schedule)}.cs")).ShouldBeTrue();
    }

    private static ModelReply Propose(string source) => ScriptedModel.Calls("propose_experiment", new JsonObject
    {
        ["hypothesis"] = "An inverse square root schedule is better.",
        ["mechanism"] = "It stays high for longer.",
        ["refuted_by"] = "No gain in pairs.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.1, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.5,
        ["change"] = new JsonObject { ["optimizer.lr"] = 0.01 },
        ["code"] = new JsonObject { ["kind"] = "schedule", ["source"] = source },
    }.ToJsonString());
}

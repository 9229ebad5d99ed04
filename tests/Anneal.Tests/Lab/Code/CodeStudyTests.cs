using System.Text.Json.Nodes;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Code;
using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs.Recipes;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Code;

/// <summary>A whole study whose scripted researcher brings code: compiled, checked and trained in the sandbox, measured by its logits.</summary>
public class CodeStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_block_that_comes_with_a_better_rate_is_taught_run_judged_adopted_and_sealed()
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        using var tiny = new TinyStudy(experiments: 1, extra: "researcher: claude");
        var answers = new List<string>();
        var model = new ScriptedModel(request =>
        {
            if (request.Turn > 0) answers.Add(request.Messages[^1].Content[0]!["content"]!.GetValue<string>());
            return Propose(request.Turn switch
            {
                0 => Sources.Block.Replace("x = b.Add", "System.IO.File.Delete(\"x\");\n        x = b.Add"),
                1 => Sources.Block.Replace("b.Scale(\"mix_scale\", local, initial: 0)", "b.Map(local, v => v * v, v => v)"),
                _ => Sources.Block,
            }, request.Turn);
        });
        var options = new SittingOptions { Usd = 5, Voice = (model, ScriptedModel.Entry) };
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, null, Cancel, options);

        answers.Count.ShouldBe(2);
        answers[0].ShouldContain("System.IO.File");
        answers[1].ShouldContain("the derivative of");
        var experiment = study.Experiments.ShouldHaveSingleItem();
        (experiment.Verdict, study.Status).ShouldBe((Verdict.Confirmed, "done"), experiment.Reason);
        var champion = RecipeFile.Parse(study.Champion, "champion");
        champion.Code.Block.ShouldBe(CodeCompiler.HashOf(Sources.Block));
        new CodeStore(tiny.Lab).Source(champion.Code.Block).ShouldBe(Sources.Block);
        study.Sealed!.Effect.ShouldBeGreaterThan(0);
        var treated = study.Runs.Where(run => RecipeFile.Parse(run.Recipe, "run").Code.Block.Length > 0).ToList();
        treated.Count.ShouldBeGreaterThan(3);
        treated.ShouldAllBe(run => run.Value > 0 && run.Parameters > study.Runs[0].Parameters);
        // What the convolution costs is counted, and both arms stay within one budget.
        var control = study.Runs.First(run => run.Role == RunRole.Control);
        var treatment = study.Runs.First(run => run.Role == RunRole.Treatment);
        (treatment.Flops / treatment.Steps).ShouldBeGreaterThan(control.Flops / control.Steps);
        treatment.Flops.ShouldBeLessThanOrEqualTo(champion.Budget.Flops!.Value);

        // Again: nobody is asked, nothing is run.
        var heard = new Listener();
        var again = await Study.RunAsync(tiny.Spec, tiny.Lab, heard, Cancel, options);
        heard.Of<RunStarted>().ShouldBeEmpty();
        Outcome.Of(again).ShouldBe(Outcome.Of(study));
    }

    private static ModelReply Propose(string source, int turn) => ScriptedModel.Calls("propose_experiment", new JsonObject
    {
        ["hypothesis"] = "A short convolution and a larger rate are better.",
        ["mechanism"] = "Neighbours matter most.",
        ["refuted_by"] = "No gain in pairs.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.3, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.8,
        ["change"] = new JsonObject { ["optimizer.lr"] = "0.01" },
        ["code"] = new JsonObject { ["kind"] = "block", ["source"] = source },
    }.ToJsonString(), $"toolu_{turn}");
}

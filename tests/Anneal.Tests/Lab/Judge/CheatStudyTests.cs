using System.Text.Json.Nodes;
using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Judge;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Execution;
using Anneal.Lab.Providers;
using Anneal.Tests.Lab.Providers;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Judge;

// A cheat that the screen and the dry run let pass, through a whole study.
public class CheatStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caught_cheat_is_invalid_with_its_rule_in_the_ledger_and_the_champion_stands()
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        using var tiny = new TinyStudy(experiments: 1, extra: "researcher: claude");
        var source = CodeSample.Cheats.Single(sample => sample.Name == "peeks_at_a_few_places").Source;
        var model = new ScriptedModel(request => Propose(source, request.Turn));
        var heard = new Listener();
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, heard, Cancel, new SittingOptions { Usd = 5, Voice = (model, ScriptedModel.Entry) });

        var experiment = study.Experiments.ShouldHaveSingleItem();
        experiment.Verdict.ShouldBe(Verdict.Invalid);
        experiment.Reason.ShouldNotBeNull().ShouldContain("broke the rule `looks_ahead`: Predictions moved when only later tokens were changed");
        study.Champion.ShouldBe(study.Baseline);
        using (var ledger = LabLedger.Open(tiny.Lab))
        {
            var refusal = ledger.ReadRefusals("tiny").ShouldHaveSingleItem();
            (refusal.Experiment, refusal.Rule).ShouldBe((1, "looks_ahead"));
            refusal.Detail.ShouldContain("nats");
        }
        heard.Of<IncidentSeen>().Select(seen => seen.Incident).ShouldContain(incident => incident.Cause == "evaluation" && incident.Detector == "judge.looks_ahead");
        heard.Of<VerdictGiven>().ShouldHaveSingleItem().Experiment.Verdict.ShouldBe(Verdict.Invalid);
    }

    private static ModelReply Propose(string source, int turn) => ScriptedModel.Calls("propose_experiment", new JsonObject
    {
        ["hypothesis"] = "An operator of its own helps.",
        ["mechanism"] = "It sees more.",
        ["refuted_by"] = "No gain in pairs.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.3, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.8,
        ["change"] = new JsonObject(),
        ["code"] = new JsonObject { ["kind"] = "block", ["source"] = source },
    }.ToJsonString(), $"toolu_{turn}");
}

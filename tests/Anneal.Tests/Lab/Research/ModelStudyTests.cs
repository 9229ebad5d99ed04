using System.Text.Json.Nodes;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Tests.Lab.Providers;

namespace Anneal.Tests.Lab.Research;

// Whole studies with a scripted model in the place of a real one: nothing here thinks.
public class ModelStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_models_proposals_are_run_and_judged_and_its_bill_is_in_the_record()
    {
        using var tiny = new TinyStudy(experiments: 3, extra: "researcher: claude");
        var heard = new Listener();
        var study = await RunAsync(tiny, tiny.Lab, new ScriptedModel(Researcher), heard);

        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(3);
        study.Experiments[0].Proposal.Source.ShouldBe("model:scripted");
        study.Experiments.Select(experiment => ProposalSource.Of(experiment.Proposal)).Distinct().Order().ShouldBe([ProposalSource.Embedded, ProposalSource.Model]);
        study.Experiments[0].Verdict.ShouldBe(Verdict.Confirmed);
        study.Experiments[0].Proposal.ConfirmProbability.ShouldBe(0.8);
        study.Researcher.ShouldBe("scripted");
        study.Calls.Answered.ShouldBe(study.Calls.Calls);
        study.UsdSpent.ShouldBeGreaterThan(0);
        study.UsdSpent.ShouldBeLessThan(1);
        heard.Of<CostEstimated>().ShouldHaveSingleItem().Estimate.Likely.ShouldBeGreaterThan(0);
        heard.Of<ModelCalled>().Count().ShouldBe(study.Calls.Calls);
        heard.Of<ResearcherAbsent>().ShouldBeEmpty();
        Calibration.Of(study).Select(row => row.Source).ShouldBe([ProposalSource.Model, ProposalSource.Embedded], ignoreOrder: true);

        // Again: nobody is asked, nothing is paid.
        var silent = new ScriptedModel(_ => throw new InvalidOperationException("asked again"));
        var second = await RunAsync(tiny, tiny.Lab, silent, null);
        Outcome.Of(second).ShouldBe(Outcome.Of(study));
        second.UsdSpent.ShouldBe(study.UsdSpent);
        silent.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_diagnosis_is_charged_to_the_experiment_that_follows_and_is_no_evidence()
    {
        using var tiny = new TinyStudy(experiments: 1, extra: "researcher: claude");
        string? shown = null;
        var model = new ScriptedModel(request => request.Turn switch
        {
            0 => ScriptedModel.Calls("run_diagnosis", """{"change": {"optimizer.lr": 0.01}, "fraction": 0.25}"""),
            1 => ScriptedModel.Calls("run_diagnosis", """{"change": {"optimizer.lr": 0.01}, "fraction": 0.25}"""),
            2 => ScriptedModel.Calls("run_diagnosis", """{"change": {}, "fraction": 0.25}"""),
            3 => ScriptedModel.Calls("run_diagnosis", """{"change": {"optimizer.lr": 0.02}, "fraction": 0.25}"""),
            _ => Propose(request, "optimizer.lr", "0.01"),
        })
        { Before = (request, _) => { shown = Last(request); return Task.CompletedTask; } };
        var study = await RunAsync(tiny, tiny.Lab, model, null);

        var diagnoses = study.Runs.Where(run => run.Role == RunRole.Diagnosis).ToList();
        diagnoses.Count.ShouldBe(2);
        diagnoses.ShouldAllBe(run => run.Experiment == 1 && run.Rung == 0.25 && run.Split == "val");
        diagnoses[0].Seed.ShouldBe(diagnoses[1].Seed);
        var experiment = study.Experiments.ShouldHaveSingleItem();
        experiment.Flops.ShouldBe(study.Runs.Where(run => run.Experiment == 1).Sum(run => run.Flops));
        experiment.Pairs.ShouldAllBe(pair => diagnoses.All(run => run.Id != pair.ControlRun && run.Id != pair.TreatmentRun));
        model.Requests.Count.ShouldBe(5);
        Last(model.Requests[1]).ShouldContain("train/grad_norm");
        Last(model.Requests[1]).ShouldContain("Diagnoses left: 1");
        Last(model.Requests[2]).ShouldBe(Last(model.Requests[1]));
        shown!.ShouldContain("2 diagnoses a proposal are all");
    }

    [Fact]
    public async Task The_flop_budget_holds_with_a_model_that_always_looks_first()
    {
        // 24 runs of 1.2e8: noise, two proposals' looks and screenings, five pairs and the seal.
        const double limit = 24 * 1.2e8;
        using var tiny = new TinyStudy(budget: limit, experiments: 20, extra: "researcher: claude");
        var study = await RunAsync(tiny, tiny.Lab, new ScriptedModel(request => request.Turn < 2
            ? ScriptedModel.Calls("run_diagnosis", $$$"""{"change": {"optimizer.lr": 0.0{{{request.Turn + 1}}}}, "fraction": 0.5}""")
            : Propose(request, "optimizer.lr", $"0.0{request.Turn}")), null);
        study.Status.ShouldBe("done");
        study.FlopsSpent.ShouldBeLessThanOrEqualTo(limit);
        study.Runs.Count(run => run.Role == RunRole.Diagnosis).ShouldBeGreaterThan(0);
        study.Experiments.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_model_that_dies_in_the_middle_is_stood_in_for_to_the_end()
    {
        using var tiny = new TinyStudy(experiments: 3, extra: "researcher: claude");
        var heard = new Listener();
        var model = new ScriptedModel(request => request.Conversation == "proposal/1" ? Researcher(request) : throw new ModelException(ModelFailure.Unauthorised, "401: the key was revoked"));
        var study = await RunAsync(tiny, tiny.Lab, model, heard);

        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(3);
        study.Experiments.Skip(1).ShouldAllBe(experiment => ProposalSource.Of(experiment.Proposal) == ProposalSource.Embedded);
        heard.Of<ResearcherAbsent>().ShouldNotBeEmpty();
        study.Experiments.ShouldContain(experiment => experiment.Proposal.InsteadOf != null && experiment.Proposal.InsteadOf.Contains("revoked"));
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(tiny.Lab);
        ledger.ReadRefusals("tiny").ShouldContain(refusal => refusal.Rule == "no_proposal" && refusal.Detail.Contains("revoked"));
    }

    [Fact]
    public async Task A_model_that_cannot_be_asked_any_more_on_resume_degrades_the_study_and_says_so()
    {
        using var tiny = new TinyStudy(experiments: 3, extra: "researcher: claude");
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var first = new Listener();
            first.On<VerdictGiven>(_ => stop.Cancel());
            (await RunAsync(tiny, tiny.Lab, new ScriptedModel(Researcher), first, stop.Token)).Status.ShouldBe("interrupted");
        }
        // A key that is gone takes the same way; a test must not depend on whether there is one, and never spend it.
        var heard = new Listener();
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, heard, Cancel, new SittingOptions { Usd = 5, Model = "gone" });
        study.Status.ShouldBe("done");
        heard.Of<ResearcherAbsent>().ShouldContain(absent => absent.Reason.Contains("does not list the claude model `gone`"));
        study.Experiments.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_kill_between_answer_and_proposal_buys_nothing_twice()
    {
        using var tiny = new TinyStudy(experiments: 2, extra: "researcher: claude");
        var undisturbed = await RunAsync(tiny, tiny.Lab, new ScriptedModel(Researcher), null);

        var lab = Path.Combine(tiny.Folder, "killed");
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var heard = new Listener();
            // The answer is in the ledger; the proposal that follows from it is not yet.
            heard.On<ModelCalled>(called => { if (called.Conversation == "proposal/1") stop.Cancel(); });
            (await RunAsync(tiny, lab, new ScriptedModel(Researcher), heard, stop.Token)).Status.ShouldBe("interrupted");
        }
        var again = new ScriptedModel(Researcher);
        var resumed = new Listener();
        var killed = await RunAsync(tiny, lab, again, resumed);
        // The remembered answers met the questions that they were given to.
        resumed.Of<ReplayDrifted>().ShouldBeEmpty();
        Outcome.Of(killed).ShouldBe(Outcome.Of(undisturbed));
        killed.Calls.ShouldBe(undisturbed.Calls);
        again.Requests.ShouldNotContain(request => request.Conversation == "proposal/1" && request.Turn == 0);
    }

    [Fact]
    public async Task A_replay_of_the_transcript_is_the_same_study_bit_for_bit_without_drift()
    {
        using var tiny = new TinyStudy(experiments: 3, extra: "researcher: claude");
        var model = new ScriptedModel(Researcher);
        var recorded = await RunAsync(tiny, tiny.Lab, model, null);
        OnlyGrows([.. model.Requests.Where(request => request.Turn == 0)]);
        var file = Path.Combine(tiny.Folder, "transcript.jsonl");
        using (var ledger = Anneal.Lab.Ledger.Ledger.Open(tiny.Lab)) Transcript.Export(ledger, "tiny", file).ShouldBe(recorded.Calls.Calls);

        var lab = Path.Combine(tiny.Folder, "replayed");
        var replayed = await Study.RunAsync(tiny.Spec, lab, null, Cancel, new SittingOptions { Replay = file });
        Outcome.Of(replayed).ShouldBe(Outcome.Of(recorded));
        replayed.Researcher.ShouldBe("replay of scripted");
        replayed.UsdSpent.ShouldBe(0);
        replayed.Experiments[0].Proposal.Source.ShouldBe("replay:scripted");
        using (var ledger = Anneal.Lab.Ledger.Ledger.Open(lab))
        using (var first = Anneal.Lab.Ledger.Ledger.Open(tiny.Lab))
            ledger.ReadCalls("tiny").Select(call => call.RequestHash).ShouldBe(first.ReadCalls("tiny").Select(call => call.RequestHash));
    }

    // From one proposal to the next the text before the question only grows, so that a cache keeps what was there.
    private static void OnlyGrows(IReadOnlyList<ModelRequest> starts)
    {
        starts.Count.ShouldBeGreaterThan(1);
        for (var i = 1; i < starts.Count; i++)
        {
            starts[i].System.ShouldBe(starts[0].System);
            starts[i].Tools.Select(tool => tool.Description + tool.Schema.ToJsonString()).ShouldBe(starts[0].Tools.Select(tool => tool.Description + tool.Schema.ToJsonString()));
            var (before, now) = (Prefix(starts[i - 1]), Prefix(starts[i]));
            now.Take(before.Count).ShouldBe(before);
        }

        static List<string> Prefix(ModelRequest request) => [.. request.Messages[0].Content.SkipLast(1).Select(block => block!["text"]!.GetValue<string>())];
    }

    private static Task<StudyRecord> RunAsync(TinyStudy tiny, string lab, ILanguageModel model, IProgress<StudyEvent>? heard, CancellationToken? cancel = null) =>
        Study.RunAsync(tiny.Spec, lab, heard, cancel ?? Cancel, new SittingOptions { Usd = 5, Voice = (model, ScriptedModel.Entry) });

    // Looks at the findings, then proposes the first learning rate that the study has not tried.
    private static ModelReply Researcher(ModelRequest request)
    {
        if (request.Turn == 0) return ScriptedModel.Calls("read_findings", "{}");
        string[] rates = ["0.01", "0.016", "0.007", "0.02", "0.005", "0.013"];
        return Propose(request, "optimizer.lr", rates[(request.Turn - 1) % rates.Length]);
    }

    private static ModelReply Propose(ModelRequest request, string key, string value) => ScriptedModel.Calls("propose_experiment", new JsonObject
    {
        ["hypothesis"] = $"{key} at {value} is better.",
        ["mechanism"] = "Short runs want large steps.",
        ["refuted_by"] = "No gain in pairs.",
        ["predicted_effect"] = new JsonObject { ["mean"] = 0.3, ["sd"] = 0.2 },
        ["confirm_probability"] = 0.8,
        ["change"] = new JsonObject { [key] = value },
    }.ToJsonString(), $"toolu_{request.Turn}");

    private static string Last(ModelRequest request) => request.Messages[^1].Content[0]!["content"]?.GetValue<string>() ?? "";
}

using System.Text.RegularExpressions;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Lab.Research;

// Whole studies over the wire, against a server that refuses what the real one refuses.
public partial class ClaudeStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_study_over_the_wire_passes_the_rules_and_reads_its_prefix_from_the_cache()
    {
        using var tiny = new TinyStudy(experiments: 3, extra: "researcher: claude");
        await using var server = await MessagesServer.StartAsync(call => call.Turn switch
        {
            0 => ServerReply.Tools("what is known?", ("read_findings", "{}"), ("recipe_keys", """{"section": "optimizer"}""")),
            1 => ServerReply.Tool("query_ledger", """{"sql": "SELECT number, verdict FROM findings"}""", thinking: "look closer"),
            _ => Propose(call.Turn),
        });
        var heard = new Listener();
        var study = await RunAsync(tiny, server, heard);

        study.Status.ShouldBe("done");
        server.Refusals.ShouldBeEmpty();
        study.Experiments.Count(experiment => experiment.Proposal.Source == "model:scripted").ShouldBeGreaterThanOrEqualTo(2);
        study.Calls.Answered.ShouldBe(server.Requests.Count);
        // The first call writes rules and tools into the cache; all later ones read them, those of later proposals too.
        heard.Of<ModelCalled>().Skip(1).ShouldAllBe(called => called.CacheHitShare > 0.5);
        study.Calls.CacheShare.ShouldBeGreaterThan(0.7);
        study.UsdSpent.ShouldBeLessThan(heard.Of<CostEstimated>().Single().Estimate.High);
        foreach (var file in Directory.GetFiles(tiny.Lab, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length < 1 << 20))
            File.ReadAllText(file).ShouldNotContain(server.Key);
    }

    [Fact]
    public async Task Whatever_a_model_does_wrong_the_study_goes_on_and_says_why()
    {
        using var tiny = new TinyStudy(experiments: 4, extra: "researcher: claude");
        await using var server = await MessagesServer.StartAsync(call => (Proposal(call), call.Turn) switch
        {
            // A sealed value, a write, a file: each is refused with a reason, and the model mends its ways.
            (1, 0) => ServerReply.Tool("query_ledger", """{"sql": "SELECT * FROM seals"}"""),
            (1, 1) => ServerReply.Tool("query_ledger", """{"sql": "DELETE FROM findings"}"""),
            (1, 2) => ServerReply.Tool("read_source", """{"path": "../../lab.db"}"""),
            (1, 3) => ServerReply.Tool("propose_experiment", """{"hypothesis": "h"}"""),
            (1, _) => Propose(call.Turn),
            (_, 0) when call.Number % 2 == 0 => ServerReply.Refusal("I would rather not."),
            (_, 0) => ServerReply.Fail(400, "scripted: the request is wrong"),
            _ => ServerReply.Text("Let me think about it."),
        });
        var heard = new Listener();
        var study = await RunAsync(tiny, server, heard);

        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(4);
        study.Experiments[0].Proposal.Source.ShouldBe("model:scripted");
        var first = server.Requests.Where(call => Proposal(call) == 1).ToList();
        first[1].LastText.ShouldContain("no such table: seals");
        first[2].LastText.ShouldContain("only SELECT is offered");
        first[3].LastText.ShouldContain("only the engine's files can be read");
        first[4].LastText.ShouldContain("input.predicted_effect is missing");
        heard.Of<ResearcherAbsent>().ShouldNotBeEmpty();
        study.Experiments.Where(experiment => experiment.Proposal.InsteadOf is not null).ShouldAllBe(experiment => ProposalSource.Of(experiment.Proposal) == ProposalSource.Embedded);
        server.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_dollar_cap_ends_the_models_part_and_not_the_study()
    {
        using var tiny = new TinyStudy(experiments: 2, extra: "researcher: claude");
        await using var server = await MessagesServer.StartAsync(call => Propose(call.Turn));
        using var client = server.Client();
        var heard = new Listener();
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, heard, Cancel, new SittingOptions { Usd = 0.0001, Voice = (client, ModelCatalog.Load(null).Find("claude", client.Model)) });
        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(2);
        study.UsdSpent.ShouldBe(0);
        study.Researcher.ShouldBe("embedded (claude has not answered)");
        server.Requests.ShouldBeEmpty();
        heard.Of<ResearcherAbsent>().ShouldContain(absent => absent.Reason.Contains("dollars are used up"));
    }

    private static async Task<StudyRecord> RunAsync(TinyStudy tiny, MessagesServer server, IProgress<StudyEvent>? heard)
    {
        using var client = server.Client();
        return await Study.RunAsync(tiny.Spec, tiny.Lab, heard, Cancel, new SittingOptions { Usd = 5, Voice = (client, ModelCatalog.Load(null).Find("claude", client.Model)) });
    }

    private static int Proposal(MessagesCall call) => int.Parse(Heading().Match(call.FirstText).Groups[1].Value);

    private static ServerReply Propose(int turn)
    {
        string[] rates = ["0.01", "0.016", "0.007", "0.02", "0.005", "0.013"];
        return ServerReply.Tool("propose_experiment", $$$"""
            {"hypothesis": "A larger rate is better.", "mechanism": "Short runs want large steps.", "refuted_by": "No gain in pairs.",
             "predicted_effect": {"mean": 0.3, "sd": 0.2}, "confirm_probability": 0.8, "change": {"optimizer.lr": {{{rates[turn % rates.Length]}}}}}
            """, thinking: "the rate is far too low");
    }

    [GeneratedRegex(@"^# Proposal (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

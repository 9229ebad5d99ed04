using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Providers;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Lab.Diagnoses;

// A study whose proposal breaks its runs, with a model beside the monitor.
public sealed class DiagnosedStudyTests
{
    private const string Broken =
        """
        {"hypothesis": "Huge steps are better.", "mechanism": "They are not.", "refuted_by": "A run that diverges.",
         "predicted_effect": {"mean": 0.3, "sd": 0.2}, "confirm_probability": 0.1, "change": {"optimizer.lr": 90, "optimizer.weight_decay": 100, "optimizer.clip": 0}}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_monitor_acts_and_the_verdict_is_given_whether_or_not_the_model_answers(bool hangs)
    {
        using var tiny = new TinyStudy(experiments: 1, extra: "researcher: claude");
        await using var server = await MessagesServer.StartAsync(call =>
            !call.Tools.Contains("diagnose") ? ServerReply.Tool("propose_experiment", Broken)
            : hangs ? ServerReply.Empty() with { SilentAfter = 0 }
            : ServerReply.Tool("diagnose", """{"cause":"optimizer","confidence":0.95,"action":"scale_lr","value":0.1,"explanation":"The rate is ten thousand times the baseline's."}"""));
        using var client = server.Client();
        var heard = new Listener();
        var options = new SittingOptions { Usd = 5, Voice = (client, ModelCatalog.Load(null).Find("claude", client.Model)) };
        var study = await Study.RunAsync(tiny.Spec, tiny.Lab, heard, TestContext.Current.CancellationToken, options);

        study.Status.ShouldBe("done");
        study.Experiments.Single().Verdict.ShouldBe(Verdict.Rejected);
        var acted = study.Incidents.Where(incident => incident.Severity == "act").ToList();
        acted.ShouldNotBeEmpty();
        acted.ShouldAllBe(incident => incident.Action == "stop");
        server.Requests.ShouldContain(call => call.System == Anneal.Lab.Diagnoses.Evidence.Rules);
        server.Refusals.ShouldBeEmpty();
        if (hangs)
        {
            study.Diagnoses.ShouldBeEmpty();
            study.Calls.Uncertain.ShouldBe(1);
            return;
        }
        study.Diagnoses.ShouldContain(diagnosis => diagnosis.Run == acted[0].Run && diagnosis.Step == acted[0].Step && diagnosis.Taken.StartsWith("refused: the monitor had stopped the run"));
        heard.Of<DiagnosisGiven>().Count().ShouldBe(study.Diagnoses.Count);
        File.Exists(Path.Combine(Study.ReportDirectory("tiny", tiny.Lab), Transcript.FileName)).ShouldBeTrue();
    }
}

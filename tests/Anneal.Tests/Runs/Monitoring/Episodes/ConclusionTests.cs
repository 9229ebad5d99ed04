using Anneal.Runs.Monitoring;
using Anneal.Runs.Monitoring.Episodes;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Episodes;

public class ConclusionTests
{
    [Theory]
    [InlineData(2, Cause.Model, "initialisation")]
    [InlineData(1, Cause.Optimizer, "hopeless")]
    public void A_verdict_over_the_whole_run_takes_the_cause_from_what_was_shown_directly(int directness, Cause cause, string detector)
    {
        var (vitals, log) = (new Vitals(new()), new EpisodeLog());
        var start = new Symptom { Detector = "initialisation", Severity = Severity.Warn, Cause = Cause.Model, Directness = directness, Message = "The first loss is 801 nats." };
        var verdict = new Symptom { Detector = "hopeless", Severity = Severity.Act, Cause = Cause.Optimizer, Concludes = true, Message = "It will not catch up." };
        for (var step = 1; step <= 400; step++)
        {
            vitals.Take(new() { Step = step, Loss = 6 - (step * 0.01) });
            var incidents = log.Merge(vitals, step == 1 ? [start] : step == 400 ? [verdict] : []);
            if (step < 400) continue;

            var incident = incidents.ShouldHaveSingleItem();
            (incident.Severity, incident.Cause, incident.Detector).ShouldBe((Severity.Act, cause, detector));
            incident.Message.ShouldContain("It will not catch up.");
        }
    }
}

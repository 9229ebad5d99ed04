using System.Text;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>A score in words and columns, for a reader at a terminal.</summary>
internal static class ScoreTable
{
    private const int NameWidth = 24;

    /// <summary>A line a fault and a decoy, then the totals.</summary>
    public static string Of(Score score)
    {
        var text = new StringBuilder();
        text.AppendLine($"{"fault",-NameWidth} {"pace",-6} {"n",3} {"harm",4} {"act",4} {"any",4} {"excess",6} {"p50",5} {"worst",5} {"right",5}  causes said first");
        foreach (var faults in score.Faults.GroupBy(fault => fault.Entry.Name).OrderBy(group => group.First().Entry.Number).ThenBy(group => group.Key, StringComparer.Ordinal))
            text.AppendLine(Line(faults.Key, [.. faults]));
        text.AppendLine();
        text.AppendLine($"{"healthy",-NameWidth} {"runs",6} {"steps",8} {"warn/1k",8} {"act/1k",8} {"killed",6}  who");
        foreach (var runs in score.Healthy.GroupBy(Group).OrderBy(group => group.Key, StringComparer.Ordinal)) text.AppendLine(Line(runs.Key, [.. runs]));
        text.AppendLine();
        return text.Append(Totals(score)).ToString();
    }

    /// <summary>A line a contender.</summary>
    public static string Compare(IReadOnlyList<Score> scores)
    {
        var text = new StringBuilder();
        text.AppendLine($"{"",-NameWidth} {"recall",13} {"excess where harmed",20} {"false / 1,000",15} {"abrupt",11} {"slow",11} {"cause",6} {"saved",6} {"killed",6}");
        text.AppendLine($"{"rule",-NameWidth} {"act",6} {"any",6} {"act",9} {"any",10} {"act",7} {"warn",7} {"p50",5} {"p95",5} {"p50",5} {"p95",5} {"right",6}");
        foreach (var score in scores) text.AppendLine(Line(score));
        return text.ToString();
    }

    /// <summary>Every stream with what was said about it.</summary>
    public static string Streams(Score score)
    {
        var text = new StringBuilder();
        foreach (var fault in score.Faults)
        {
            text.AppendLine($"{fault.Entry.Stream}{(fault.Entry.Sparse ? " (sparse)" : "")}  from {fault.Entry.Inject}, {fault.StepsAfter} steps; harm {fault.Entry.Harm:F3}{(fault.Entry.Harmed ? " (harmed)" : "")}; right: {string.Join("|", fault.Entry.Cause.Select(CauseList.Word))}; act +{Steps(fault.Act)} any +{Steps(fault.Any)}, twin act +{Steps(fault.TwinAct)} any +{Steps(fault.TwinAny)}");
            Alarms(fault.Alarms);
        }
        foreach (var run in score.Healthy.Where(run => run.Alarms.Count > 0))
        {
            text.AppendLine($"{run.Entry.Stream}  healthy {run.Steps} steps: {run.Warns} warn, {run.Acts} act");
            Alarms(run.Alarms);
        }
        return text.ToString();

        void Alarms(IReadOnlyList<Alarm> alarms)
        {
            foreach (var alarm in alarms.Take(8)) text.AppendLine($"    line {alarm.At + 1} {alarm.Severity} {Said(alarm.Cause)} {alarm.Words}");
            if (alarms.Count > 8) text.AppendLine($"    and {alarms.Count - 8} more");
        }
    }

    private static string Line(string name, IReadOnlyList<FaultOutcome> faults)
    {
        var heard = faults.Where(fault => double.IsFinite(fault.Any)).ToList();
        var causes = string.Join(", ", heard.GroupBy(fault => Said(fault.FirstCause)).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}"));
        return $"{name,-NameWidth} {faults[0].Entry.Pace,-6} {faults.Count,3} {faults.Count(fault => fault.Entry.Harmed),4} {faults.Count(fault => double.IsFinite(fault.Act)),4} {heard.Count,4} {Score.Excess(faults, act: false),6:F2} {Steps(Score.Latency(faults, 0.5)),5} {Steps(Score.Latency(faults, 1)),5} {heard.Count(fault => fault.IsRight(fault.FirstCause)),5}  {causes}; right: {string.Join("|", faults[0].Entry.Cause.Select(CauseList.Word))}";
    }

    private static string Line(string name, IReadOnlyList<HealthyOutcome> runs)
    {
        var part = new Score("", [], runs);
        var who = string.Join(", ", runs.SelectMany(run => run.Alarms).GroupBy(alarm => $"{alarm.Words.Split(':')[0]} {alarm.Severity.ToString().ToLowerInvariant()}").OrderByDescending(group => group.Count()).Take(4).Select(group => $"{group.Key} {group.Count()}"));
        return $"{name,-NameWidth} {runs.Count,6} {part.HealthySteps,8} {part.WarnsPerThousand,8:F2} {part.ActsPerThousand,8:F3} {part.Killed,6}  {who}";
    }

    private static string Line(Score score)
    {
        var (abrupt, slow) = (score.Harmed.Where(fault => fault.Entry.Pace == Pace.Abrupt).ToList(), score.Harmed.Where(fault => fault.Entry.Pace == Pace.Slow).ToList());
        return $"{score.Contender,-NameWidth} {Score.Recall(score.Faults, act: true),6:P0} {Score.Recall(score.Faults, act: false),6:P0} {Score.Excess(score.Harmed, act: true),9:F2} {Score.Excess(score.Harmed, act: false),10:F2} {score.ActsPerThousand,7:F2} {score.WarnsPerThousand,7:F2} {Steps(Score.Latency(abrupt, 0.5)),5} {Steps(Score.Latency(abrupt, 0.95)),5} {Steps(Score.Latency(slow, 0.5)),5} {Steps(Score.Latency(slow, 0.95)),5} {score.FirstCauseRight,6:P0} {score.ComputeSaved,6:P0} {score.Killed,6}";
    }

    private static string Totals(Score score)
    {
        var text = new StringBuilder();
        Total("all faults", score);
        Total("harmed", score.On(entry => entry.Harmed));
        Total("harmed, abrupt", score.On(entry => entry.Harmed && entry.Pace == Pace.Abrupt));
        Total("harmed, slow", score.On(entry => entry.Harmed && entry.Pace == Pace.Slow));
        Total("harmed, sparse", score.On(entry => entry.Harmed && entry.Sparse));
        text.AppendLine($"false alarms per 1,000 of {score.HealthySteps} healthy steps: warn {score.WarnsPerThousand:F3}, act {score.ActsPerThousand:F4}; clean or decoy runs killed {score.Killed}");
        return text.AppendLine($"compute saved of harmed runs {score.ComputeSaved:P1}; cause right first {score.FirstCauseRight:P1}, last {score.LastCauseRight:P1} of the faults heard").ToString();

        void Total(string name, Score part) => text.AppendLine(
            $"{name,-NameWidth} n {part.Faults.Count,3}  recall act {Score.Recall(part.Faults, act: true),6:P1} any {Score.Recall(part.Faults, act: false),6:P1}  excess act {Score.Excess(part.Faults, act: true),5:F2} any {Score.Excess(part.Faults, act: false),5:F2}  latency p50 {Steps(Score.Latency(part.Faults, 0.5)),4} p95 {Steps(Score.Latency(part.Faults, 0.95)),4}  cause first {part.FirstCauseRight,4:P0} last {part.LastCauseRight,4:P0}  saved {part.ComputeSaved,4:P0}");
    }

    private static string Group(HealthyOutcome run) => run.Entry.Kind switch
    {
        StreamKind.Clean => "(clean)",
        StreamKind.Fault => "(before an injection)",
        _ => run.Entry.Name,
    };

    private static string Steps(double latency) => double.IsPositiveInfinity(latency) ? "miss" : double.IsNaN(latency) ? "-" : latency.ToString("F0");

    private static string Said(Cause? cause) => cause is { } said ? CauseList.Word(said) : "-";
}

using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Proxies;
using Anneal.Lab;
using Anneal.Lab.Diagnoses;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Benchmarks.Diagnoses;

/// <summary>
/// Labelled incidents: runs that are really broken, watched by the shipped detectors; the cause as the detector alone says,
/// and as a replayed transcript says through the whole path. The transcript is scripted: it tests the path.
/// </summary>
internal static class DiagnosisSuite
{
    private const string Study = "bench-diagnosis", Scripted = "scripted transcript, written by hand: a test of the path, no evidence about any model";

    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        using var folder = new TemporaryFolder();
        var healthy = new RunDirectory(folder.File("healthy"));
        var alarm = Breakage.Train(null, healthy, []);
        yield return BenchmarkRow.AtMost("incidents in the healthy run", alarm is null ? 0 : 1, "", 0, $"{BrokenRun.Steps} steps of a model of two blocks on made-up text");

        var reference = LossCurve.Of(MetricsReader.ReadAll(healthy.MetricsPath));
        var cases = BrokenRun.All.Select(broken => Case.Of(broken, new RunDirectory(folder.File(broken.Name)), reference)).ToList();
        yield return BenchmarkRow.AtLeast("broken runs in which a detector speaks", cases.Count(c => c.Incident is not null), $"of {cases.Count}", 12, string.Join(", ", cases.Where(c => c.Incident is not null).GroupBy(c => c.Incident!.Detector).Select(g => $"{g.Key} {g.Count()}")));
        yield return BenchmarkRow.Of("broken runs that the monitor stops", cases.Count(c => c.Incident?.Action == IncidentAction.Stop), $"of {cases.Count}", "before any model is asked");

        var alone = BrokenRun.All.Where(broken => Breakage.Train(broken, new RunDirectory(folder.File($"{broken.Name}-alone")), [])?.Action == IncidentAction.Stop).Select(broken => broken.Name).ToList();
        yield return BenchmarkRow.Of("broken runs that it stops without the healthy curve", alone.Count, $"of {cases.Count}", string.Join(", ", alone));

        var opinions = Consult(cases.Where(c => c.Incident is not null), folder.File("lab"));
        foreach (var group in cases.GroupBy(c => c.Broken.Label).Append(null))
        {
            var (name, members) = group is null ? ("all", cases) : (Advice.Snake(group.Key), [.. group]);
            yield return BenchmarkRow.Of($"{name}: cause right, detectors alone", members.Count(c => c.Incident?.Cause == c.Broken.Label), $"of {members.Count}", string.Join(", ", members.Select(c => $"{c.Broken.Name} {(c.Incident is null ? "unseen" : Advice.Snake(c.Incident.Cause))}")));
            yield return BenchmarkRow.Of($"{name}: cause right, with the scripted transcript", members.Count(c => opinions.GetValueOrDefault(c.Broken.Name)?.Cause == Advice.Snake(c.Broken.Label)), $"of {members.Count}", Scripted);
        }
        yield return BenchmarkRow.AtLeast("second opinions in the ledger", opinions.Count, $"of {cases.Count(c => c.Incident is not null)}", cases.Count(c => c.Incident is not null), Scripted);
        yield return BenchmarkRow.AtMost("actions that a model caused", opinions.Values.Count(d => !d.Taken.StartsWith("noted", StringComparison.Ordinal) && !d.Taken.StartsWith("refused", StringComparison.Ordinal)), "", 0, string.Join("; ", opinions.Values.GroupBy(d => d.Taken.Split(':')[0]).Select(g => $"{g.Key} {g.Count()}")));
    }

    private static Dictionary<string, DiagnosisRecord> Consult(IEnumerable<Case> cases, string lab)
    {
        using var ledger = LabLedger.Open(lab);
        using var lease = ledger.TakeLease(Study);
        ledger.AddStudy(new StudySpec { Study = Study, Recipe = "" }, "", new Dictionary<string, string>());
        var replay = Transcript.Load(DataFile.Locate("scripted-diagnoses.jsonl"));
        var desk = new ModelDesk(ledger, Study, replay, replay.Entry, capUsd: null, progress: null);
        foreach (var one in cases)
        {
            var incident = one.Record;
            var (advice, model) = Consultation.HoldAsync(desk, $"diagnosis/{one.Broken.Name}", incident, one.Run, CancellationToken.None).GetAwaiter().GetResult();
            if (advice is null) continue;
            ledger.AddDiagnosis(Study, new(incident.Run, incident.Step, incident.Detector, model, Advice.Snake(advice.Cause), advice.Confidence, advice.Words, advice.Explanation, AdvicePolicy.Judge(advice, incident)));
        }
        return ledger.ReadDiagnoses(Study).ToDictionary(diagnosis => diagnosis.Run);
    }

    private sealed record Case(BrokenRun Broken, RunDirectory Run, Incident? Incident)
    {
        public static Case Of(BrokenRun broken, RunDirectory run, IReadOnlyList<ReferencePoint> reference) => new(broken, run, Breakage.Train(broken, run, reference));

        public IncidentRecord Record => new(
            Broken.Name, null, Incident!.Step, Advice.Snake(Incident.Severity), Advice.Snake(Incident.Action), Incident.Detector, Advice.Snake(Incident.Cause), Incident.Message);
    }
}

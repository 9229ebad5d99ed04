using Anneal.Benchmarks.Durability;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Diagnoses;

internal static class DiagnosisSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        using var folder = new TemporaryFolder();
        var healthy = new RunDirectory(folder.File("healthy"));
        var none = Breakage.Train(null, healthy, []);
        Console.Error.WriteLine($"healthy: {none?.Message ?? "nothing seen"}  last {MetricsReader.ReadAll(healthy.MetricsPath)[^1].Loss}");
        var reference = LossCurve.Of(MetricsReader.ReadAll(healthy.MetricsPath));
        foreach (var broken in BrokenRun.All)
        {
            var run = new RunDirectory(folder.File(broken.Name));
            var incident = Breakage.Train(broken, run, reference);
            Console.Error.WriteLine($"{broken.Name,-26} {broken.Label,-10} -> {incident?.Severity} {incident?.Detector} {incident?.Cause} step {incident?.Step} last {MetricsReader.ReadAll(run.MetricsPath)[^1].Loss:F2}: {incident?.Message}");
            if (args.Contains(broken.Name) && incident is not null)
                foreach (var block in Anneal.Lab.Diagnoses.Evidence.Of(new(broken.Name, null, incident.Step, "act", "stop", incident.Detector, incident.Cause.ToString(), incident.Message), run)) Console.Error.WriteLine(block!["text"]);
        }
        yield break;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Subjects;

/// <summary>The study as <c>results.tsv</c> in autoresearch's layout: commit, metric, memory_gb, status (keep, discard, crash), description.</summary>
internal static class ResultsTable
{
    /// <summary>Its name.</summary>
    public const string File = "results.tsv";

    private const string Memory = "peak_vram_mb";

    /// <summary>Writes the table anew; the same record gives the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="subject">Names the measure.</param>
    /// <param name="baseline">The first row.</param>
    /// <param name="experiments">Decided experiments, in order.</param>
    /// <param name="runs">All runs.</param>
    /// <param name="folderOf">Folder of a run by its id.</param>
    public static void Write(string path, SubjectSpec subject, Revision baseline, IReadOnlyList<ExperimentRecord> experiments, IReadOnlyList<RunRecord> runs, Func<string, string> folderOf)
    {
        var table = new StringBuilder($"commit\t{subject.Measure}\tmemory_gb\tstatus\tdescription\n");
        Append(baseline, runs.Where(run => run.Role == RunRole.Baseline), "keep", "baseline");
        foreach (var experiment in experiments)
        {
            var own = runs.Where(run => run.Experiment == experiment.Id && run.Role == RunRole.Treatment).ToList();
            var status = experiment.Adopted ? "keep" : experiment.Verdict == Verdict.Rejected && own.Exists(run => run.Value is null) ? "crash" : "discard";
            Append(Revision.Parse(experiment.TreatmentRecipe), own, status, experiment.Verdict == Verdict.Invalid ? $"{experiment.Proposal.Hypothesis} (invalid: {experiment.Reason})" : experiment.Proposal.Hypothesis);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(table.ToString()));

        void Append(Revision revision, IEnumerable<RunRecord> own, string status, string description)
        {
            var measured = own.Where(run => run.Value is not null).ToList();
            var crashed = status == "crash" || measured.Count == 0;
            var value = crashed ? 0 : subject.Signed(measured.Average(run => run.Value!.Value));
            var memory = crashed ? 0 : measured.Max(run => MemoryOf(folderOf(run.Id))) / 1024;
            table.Append(CultureInfo.InvariantCulture, $"{revision.Short}\t{value:0.000000}\t{memory:0.0}\t{status}\t{PlainText.Clean(description).Trim()}\n");
        }
    }

    // The ledger has no column for it; a run whose folder was removed shows none.
    private static double MemoryOf(string folder)
    {
        try
        {
            var summary = JsonSerializer.Deserialize<Dictionary<string, double>>(System.IO.File.ReadAllBytes(Path.Combine(folder, SubjectRunner.SummaryFile)), Ledger.Ledger.Json);
            return summary?.GetValueOrDefault(Memory) is { } megabytes && double.IsFinite(megabytes) ? megabytes : 0;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return 0;
        }
    }
}

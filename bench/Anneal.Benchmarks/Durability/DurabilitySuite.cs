using System.Diagnostics;
using Anneal.Lab;

namespace Anneal.Benchmarks.Durability;

/// <summary>Kills a study many times and compares its outcome with that of an undisturbed one.</summary>
internal static class DurabilitySuite
{
    /// <summary>The verb under which a killing spree starts its study: <c>durability-sitting FOLDER LAB</c>.</summary>
    public const string SittingVerb = "durability-sitting";

    private const int Kills = 200;

    /// <summary>Rows: kills survived, and whether the outcome is the same. A number as argument: that many kills.</summary>
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        var kills = args is [var text, ..] ? int.Parse(text) : Kills;
        using var tiny = new TinyStudy();
        var clock = Stopwatch.StartNew();
        var undisturbed = tiny.RunAsync().GetAwaiter().GetResult();
        var longest = clock.Elapsed / 3;
        int studies = 0, workers = 0, rounds = 0;
        var same = true;
        // A study may end before so many kills; then the next one is disturbed, at other moments.
        while (studies + workers < kills)
        {
            var spree = new KillingSpree(tiny, Path.Combine(tiny.Folder, $"killed-{++rounds}"), seed: rounds);
            var killed = spree.RunAsync(kills - studies - workers, longest, CancellationToken.None).GetAwaiter().GetResult();
            (studies, workers) = (studies + spree.StudiesKilled, workers + spree.WorkersKilled);
            same &= Outcome.Of(killed) == Outcome.Of(undisturbed);
        }
        var how = $"kill -9 at random moments (seeds 1 to {rounds}) of a study ({studies}) and of single workers ({workers}), then resumed, in {rounds} labs";
        yield return BenchmarkRow.AtLeast("durability: kill -9 survived", studies + workers, "kills", kills, how);
        yield return BenchmarkRow.AtLeast("durability: outcome as undisturbed", same ? 1 : 0, "1 = same", 1, "experiments, verdicts, effects, pairs, champion, sealed values, runs and FLOPs compared as text");
    }

    /// <summary>One sitting of the tiny study in a folder; for <see cref="StartSitting"/>.</summary>
    public static IEnumerable<BenchmarkRow> Sit(string[] args)
    {
        Study.RunAsync(StudyFile.Load(Path.Combine(args[0], "study.yaml")), args[1], null, CancellationToken.None).GetAwaiter().GetResult();
        return [];
    }

    public static Process StartSitting(string folder, string lab)
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Anneal.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", [library, SittingVerb, folder, lab]) { UseShellExecute = false, RedirectStandardError = true };
        return Process.Start(start)!;
    }
}

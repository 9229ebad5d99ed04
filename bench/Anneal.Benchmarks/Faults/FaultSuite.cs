using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Faults.Injection;
using Anneal.Benchmarks.Faults.Peers;
using Anneal.Benchmarks.Faults.Repairs;
using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Benchmarks.Faults;

/// <summary>
/// Really injected faults and healthy look-alikes, heard by the shipped monitor and by every published rule. Without arguments the
/// hidden half is trained and judged. <c>--make DIR [--half tuning|hidden] [--seeds N] [--scales N]</c> only trains a set;
/// <c>--streams DIR [--half tuning|hidden] [--verbose] [--alone] [--healthy DIR]</c> judges one that is there; <c>--alone</c> leaves the rules
/// out, <c>--healthy</c> names the set from whose clean runs rules learn (default: the same set's tuning half).
/// <c>--repairs [--half tuning|hidden] [--seeds N] [--scales N]</c> trains faulted runs that the policy repairs.
/// <c>--speed</c> measures overhead and throughput alone.
/// </summary>
internal static class FaultSuite
{
    private const int Scales = 2, HiddenSeeds = 2;
    private static readonly int[] tuningSeeds = [1, 2, 3];

    public static IEnumerable<BenchmarkRow> Run(string[] args) =>
        (args.Contains("--make") ? StreamMaker.Run(args)
        : args.Contains("--repairs") ? RepairSuite.Run(args)
        : args.Contains("--speed") ? Speed()
        : Value(args, "--streams") is { } folder ? Judge(StreamSet.Open(folder), args)
        : Everything()).Select(ScoreRows.Finite);

    private static IEnumerable<BenchmarkRow> Everything()
    {
        foreach (var row in BloomSpike.Rows()) yield return row;

        using var folder = new TemporaryFolder();
        foreach (var row in StreamMaker.Run(["--make", folder.Directory, "--half", "hidden", "--seeds", $"{HiddenSeeds}", "--scales", $"{Scales}"])) yield return row;
        // Rules that compare trials or learn from healthy runs get those of the tuning half's seeds.
        var scores = Hearing.Hold(StreamSet.Open(folder.Directory), StreamHalf.Hidden, [ShippedMonitor.Contender, .. PeerCatalog.All(HealthyRuns())]);
        Console.WriteLine(ScoreTable.Of(scores[0]));
        Console.WriteLine(ScoreTable.Compare(scores));
        foreach (var row in ScoreRows.Of(scores[0]).Concat(ScoreRows.OfPeers(scores.Skip(1)))) yield return row;

        foreach (var row in RepairSuite.Run(["--half", "hidden", "--seeds", $"{HiddenSeeds}", "--scales", $"{Scales}"])) yield return row;
        foreach (var row in Speed()) yield return row;
    }

    private static IEnumerable<BenchmarkRow> Speed()
    {
        yield return MonitorOverhead.Measure();
        yield return ReplayThroughput.Measure();
    }

    private static IEnumerable<BenchmarkRow> Judge(StreamSet set, string[] args)
    {
        StreamHalf? half = Value(args, "--half") is { } word ? Enum.Parse<StreamHalf>(word, ignoreCase: true) : null;
        IReadOnlyList<Contender> peers = args.Contains("--alone") ? [] : PeerCatalog.All((Value(args, "--healthy") is { } healthy ? StreamSet.Open(healthy) : set).Healthy());
        var scores = Hearing.Hold(set, half, [ShippedMonitor.Contender, .. peers]);
        if (args.Contains("--verbose")) Console.WriteLine(ScoreTable.Streams(scores[0]));
        Console.WriteLine(ScoreTable.Of(scores[0]));
        Console.WriteLine(ScoreTable.Compare(scores));
        return ScoreRows.Of(scores[0]).Concat(ScoreRows.OfPeers(scores.Skip(1)));
    }

    private static List<RecordedStream> HealthyRuns()
    {
        using var corpus = FaultCorpus.Open();
        var streams = new List<RecordedStream>();
        foreach (var (scale, seed) in Scale.All.Take(Scales).SelectMany(scale => tuningSeeds.Select(seed => (scale, seed))))
        {
            using var run = new CleanRun(corpus, scale, seed, []);
            streams.Add(new([.. run.Run.Recording.Lines.Select(line => new StreamLine(line, IsMeasurement: false))]));
        }
        return streams;
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}

using Anneal.Benchmarks.Faults.Injection;
using Anneal.Benchmarks.Faults.Peers;
using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Benchmarks.Faults;

/// <summary>
/// Really injected faults and healthy look-alikes, heard by the shipped monitor and by every published rule.
/// <c>--streams DIR [--half tuning|hidden] [--verbose] [--alone]</c> judges a set that is there; <c>--alone</c> leaves the rules out.
/// <c>--make DIR [--half tuning|hidden] [--seeds N] [--scales N]</c> trains the runs of a set.
/// </summary>
internal static class FaultSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        if (args.Contains("--make")) return StreamMaker.Run(args);
        var folder = Value(args, "--streams") ?? throw new ArgumentException("faults: name a set of streams: --streams DIR");
        StreamHalf? half = Value(args, "--half") is { } word ? Enum.Parse<StreamHalf>(word, ignoreCase: true) : null;
        var set = StreamSet.Open(folder);
        IReadOnlyList<Contender> peers = args.Contains("--alone") ? [] : PeerCatalog.All(set.Healthy());
        var scores = Hearing.Hold(set, half, [ShippedMonitor.Contender, .. peers]);
        if (args.Contains("--verbose")) Console.WriteLine(ScoreTable.Streams(scores[0]));
        Console.WriteLine(ScoreTable.Of(scores[0]));
        Console.WriteLine(ScoreTable.Compare(scores));
        return ScoreRows.Of(scores[0]);
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}

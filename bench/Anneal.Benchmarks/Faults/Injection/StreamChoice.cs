using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Which runs are trained. Each half has seeds of its own, and the hidden one more faults.</summary>
/// <param name="Half">The half.</param>
/// <param name="Seeds">Clean runs of each size.</param>
/// <param name="Scales">How many of the sizes.</param>
/// <param name="Only">One fault alone; null for all.</param>
internal sealed record StreamChoice(StreamHalf Half, int Seeds, int Scales, string? Only = null)
{
    public IReadOnlyList<int> SeedNumbers => [.. Enumerable.Range(Half == StreamHalf.Tuning ? 1 : 101, Seeds)];

    public IEnumerable<Fault> Faults => FaultTable.All.Where(fault => (!fault.Unseen || Half == StreamHalf.Hidden) && (Only is null || fault.Name == Only));

    /// <summary>From <c>[--half tuning|hidden] [--seeds N] [--scales N] [--only FAULT]</c>.</summary>
    public static StreamChoice Parse(string[] args) => new(
        Enum.Parse<StreamHalf>(Value(args, "--half") ?? "tuning", ignoreCase: true),
        int.Parse(Value(args, "--seeds") ?? "3"),
        Math.Clamp(int.Parse(Value(args, "--scales") ?? "2"), 1, Scale.All.Count),
        Value(args, "--only"));

    public static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}

using Anneal.Benchmarks.Faults.Scoring;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>Finished healthy runs, for rules that compare trials or learn from good ones. Curves are means of <see cref="Report"/> steps.</summary>
internal sealed class PeerGroup
{
    /// <summary>Training steps of one report to a scheduler.</summary>
    public const int Report = 10;

    public PeerGroup(IReadOnlyList<RecordedStream> runs)
    {
        Runs = runs;
        Curves = [.. runs.Select(run => run.Steps.Select(step => step.Loss).Chunk(Report).Where(chunk => chunk.Length == Report).Select(chunk => chunk.Average()).ToArray()).Where(curve => curve.Length > 0)];
        Steps = runs.Count == 0 ? 0 : runs.Select(run => run.Steps.Count).Order().ElementAt(runs.Count / 2);
    }

    public IReadOnlyList<RecordedStream> Runs { get; }

    /// <summary>A mean loss a report, a run each.</summary>
    public IReadOnlyList<double[]> Curves { get; }

    /// <summary>Usual length of a run in training steps.</summary>
    public int Steps { get; }

    /// <summary>Lowest final loss of any run; infinite without one.</summary>
    public double BestFinal => Curves.Select(curve => curve[^1]).DefaultIfEmpty(double.PositiveInfinity).Min();
}

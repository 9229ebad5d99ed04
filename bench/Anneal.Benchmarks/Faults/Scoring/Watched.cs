namespace Anneal.Benchmarks.Faults.Scoring;

/// <summary>A contender's alarms over one stream.</summary>
/// <param name="StepNumbers">Number of each training step, in the order written.</param>
/// <param name="Alarms">In order.</param>
internal sealed record Watched(int[] StepNumbers, IReadOnlyList<Alarm> Alarms)
{
    /// <summary>Training steps written.</summary>
    public int Steps => StepNumbers.Length;

    /// <summary>Index of the first training step whose number is at least this; <see cref="Steps"/> where the run ends before.</summary>
    public int IndexOf(int step) => Array.FindIndex(StepNumbers, number => number >= step) is var index && index >= 0 ? index : Steps;
}

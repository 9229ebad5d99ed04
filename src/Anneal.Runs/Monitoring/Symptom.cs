using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring;

/// <summary>What one detector sees at one moment. What it means for the run is decided where all symptoms come together.</summary>
internal sealed record Symptom
{
    /// <summary>Who sees it, snake case: <c>divergence</c>.</summary>
    public required string Detector { get; init; }

    /// <summary>Worth knowing, or worth acting on.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Where the cause probably lies, judged from this detector's signals alone.</summary>
    public required Cause Cause { get; init; }

    /// <summary>
    /// How sure the detector is that something is wrong, 0 to 1: one minus the chance that a healthy run of the same noise shows
    /// as much within a thousand steps.
    /// </summary>
    public double Confidence { get; init; } = 0.9;

    /// <summary>
    /// How directly the signal shows the cause: 0 only a consequence (the loss rose), 1 hints at it (gradient before loss), 2 shows
    /// it (the learning rate jumped, the batch is one read before). Among symptoms of one episode the most direct names the cause.
    /// </summary>
    public int Directness { get; init; }

    /// <summary>Step at which it began as far as can be told; null: at this one.</summary>
    public int? Since { get; init; }

    /// <summary>The state is lost or the end is certain: nothing that follows is of use unless somebody intervenes.</summary>
    public bool Fatal { get; init; }

    /// <summary>A verdict over the whole run: what was shown directly earlier, however long ago, is its cause.</summary>
    public bool Concludes { get; init; }

    /// <summary>A plain sentence with the numbers.</summary>
    public required string Message { get; init; }

    /// <summary>The numbers by name: signals under their own names, and <c>expected</c>, <c>sigma</c> where there is an expectation.</summary>
    public IReadOnlyDictionary<string, double> Evidence { get; init; } = new Dictionary<string, double>();
}

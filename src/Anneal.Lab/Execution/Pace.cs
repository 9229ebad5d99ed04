using Anneal.Lab.Ledger;

namespace Anneal.Lab.Execution;

/// <summary>
/// How much processor time counted work justifies, by the pace of the lab's own runs in the study. Code of a proposal pays for
/// what it computes in FLOPs; one that takes far more time than they do computes something that it does not count.
/// </summary>
/// <param name="Factor">Times the lab's own pace that are believed: code of proposals is not tuned.</param>
/// <param name="Constant">Seconds for starting and compiling.</param>
internal readonly record struct Pace(double Factor, double Constant)
{
    /// <summary>Processor seconds that a run may take, or null where the study has no run of its own yet.</summary>
    /// <param name="runs">Runs of the study.</param>
    /// <param name="ours">Which are of the lab's own code alone.</param>
    /// <param name="flops">Counted FLOPs of the run.</param>
    public double? Allowance(IEnumerable<RunRecord> runs, Func<RunRecord, bool> ours, double flops)
    {
        // Seconds by the clock, waiting included: more than the processor's, never less, with one thread a run.
        var paces = runs.Where(run => run.Value is not null && run.Flops > 0 && ours(run)).Select(run => run.Seconds / run.Flops).Order().ToArray();
        return paces.Length == 0 ? null : Factor * paces[paces.Length / 2] * flops + Constant;
    }
}

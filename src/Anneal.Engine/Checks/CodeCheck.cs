using System.Diagnostics;
using Anneal.Engine.Custom;
using Anneal.Engine.Training;

namespace Anneal.Engine.Checks;

/// <summary>
/// Runs code of proposals for a moment: derivatives against differences, no sight of later tokens or other sequences, the same bits
/// twice and after a resume, then two steps at the recipe's own shape, which also counts what a step costs.
/// </summary>
/// <remarks>It loads and runs the code: for a sandboxed process. What it finds helps an honest author; what it misses the judge's probes and the sandbox must hold.</remarks>
public static class CodeCheck
{
    /// <summary>Checks parts in a run.</summary>
    /// <param name="options">The run; its hashes name the parts.</param>
    /// <param name="make">Makes the parts anew.</param>
    /// <param name="folder">An empty folder to work in.</param>
    public static CodeFacts Run(TrainerOptions options, Func<CustomParts> make, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(make);
        var problems = new List<string>();
        CustomParts? parts = null;
        Try("code", () => parts = make());
        if (parts is null) return new(0, 0, problems);

        if (parts.Schedule is { } schedule) Try("code.schedule", () => ScheduleCheck.Run(schedule, options.Steps));
        if (parts.Loss is { } loss) Try("code.loss", () => DerivativeCheck.Loss(loss));
        if (parts.Block is { } block)
        {
            Try("code.block", () => DerivativeCheck.Block(options.Model, block));
            if (problems.Count == 0) Try("code.block", () => SightCheck.Run(options.Model, block));
        }

        if (problems.Count == 0) Try("code", () => DryRun.Resume(options, make, folder));
        (double Flops, long Parameters) cost = default;
        if (problems.Count == 0) Try("code", () => cost = DryRun.Cost(options, make(), folder));
        return new(cost.Flops, cost.Parameters, problems);

        void Try(string what, Action check)
        {
            try
            {
                check();
            }
            catch (UnsoundCodeException e)
            {
                problems.Add($"{what}: {e.Message}");
            }
            catch (Exception e)
            {
                // Whatever the code throws is its author's to hear; the line is in the proposal's own source.
                problems.Add($"{what}: {(e is ArgumentException or InvalidOperationException ? "" : $"{e.GetType().Name}: ")}{e.Message}{Place(e)}");
            }
        }
    }

    /// <summary><c> (line 12)</c> of the proposal's source, where the trace of an exception leads there.</summary>
    /// <param name="error">Thrown by its code, or through it.</param>
    public static string Place(Exception error)
    {
        var line = new StackTrace(error, fNeedFileInfo: true).GetFrames().Where(frame => Path.GetFileName(frame.GetFileName()) == "proposal.cs").Select(frame => frame.GetFileLineNumber()).FirstOrDefault();
        return line > 0 ? $" (line {line})" : "";
    }
}

/// <summary>A rule that the code breaks, in a sentence for its author.</summary>
internal sealed class UnsoundCodeException(string message) : Exception(message);

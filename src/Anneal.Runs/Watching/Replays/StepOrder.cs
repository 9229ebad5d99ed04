using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching.Replays;

/// <summary>
/// Brings a stream's steps into the order in which a run did them. A run that went back to a checkpoint says steps again, with
/// other losses or the same; several writers say each step more than once; a late one says a step after its successor. A step
/// below the newest is held until the next one tells which it was: two that follow each other are a run that went back.
/// </summary>
internal sealed class StepOrder
{
    private const int Memory = 4096;

    private readonly (int Step, double Loss)[] said = new (int, double)[Memory];
    private StepMetrics? held;

    /// <summary>Newest step given.</summary>
    public int Last { get; private set; } = -1;

    /// <summary>Times that the run went back to an earlier step.</summary>
    public long Restarts { get; private set; }

    /// <summary>Steps that were said already, with the same loss.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Single steps that came after their successors.</summary>
    public long Late { get; private set; }

    /// <summary>Steps that nobody said: jumps ahead by more than the stream's usual stride.</summary>
    public long Gaps { get; private set; }

    private int stride;
    private double? lastTime;

    /// <summary>What the run did next: nothing, the step, or the one held and the step.</summary>
    /// <param name="step">As it comes.</param>
    /// <param name="first">To be observed first, or null.</param>
    /// <param name="second">To be observed then, or null.</param>
    public void Take(StepMetrics step, out StepMetrics? first, out StepMetrics? second)
    {
        (first, second) = (null, null);
        if (step.Step > Last)
        {
            if (held is not null) Late++;
            held = null;
            first = Give(step);
        }
        else if (said[step.Step % Memory] is var known && known.Step == step.Step && known.Loss.Equals(step.Loss) && !IsDoneAgain(step))
        {
            Duplicates++;
        }
        else if (held is { } before && step.Step > before.Step)
        {
            Restarts++;
            held = null;
            Last = before.Step - 1;
            first = Give(before);
            second = Give(step);
        }
        else
        {
            if (held is not null) Late++;
            held = step;
        }
    }

    // A run that resumes to the bit says the same losses again: later, where a second writer says them at their time.
    private bool IsDoneAgain(StepMetrics step) => step.Step < Last && step.Time > lastTime;

    private StepMetrics Give(StepMetrics step)
    {
        var ahead = step.Step - Last;
        if (Last >= 0 && stride > 0 && ahead > stride) Gaps++;
        if (Last >= 0 && (stride == 0 || ahead < stride)) stride = ahead;
        Last = step.Step;
        lastTime = step.Time;
        said[step.Step % Memory] = (step.Step, step.Loss);
        return step;
    }
}

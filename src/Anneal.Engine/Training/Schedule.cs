namespace Anneal.Engine.Training;

/// <summary>The learning-rate multiplier of every step of a run.</summary>
internal static class Schedule
{
    /// <summary>
    /// Multiple of the peak rate at a step. Warmup rises linearly and reaches the peak on its last step; the floor is
    /// reached on the run's last step.
    /// </summary>
    /// <param name="config">Shape and fractions.</param>
    /// <param name="step">The step about to be done, from 0.</param>
    /// <param name="steps">Steps of the whole run, at least 1.</param>
    public static double At(ScheduleConfig config, long step, long steps)
    {
        var warmup = (long)Math.Round(config.Warmup * steps);
        if (step < warmup) return (step + 1.0) / warmup;
        return config.Kind switch
        {
            ScheduleKind.Cosine => Towards(config.Floor, 0.5 - 0.5 * Math.Cos(Math.PI * Progress(step, warmup, steps))),
            ScheduleKind.Linear => Towards(config.Floor, Progress(step, warmup, steps)),
            ScheduleKind.Wsd => Towards(config.Floor, Progress(step, Math.Max(warmup, steps - (long)Math.Round(config.Decay * steps)), steps)),
            ScheduleKind.Constant => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Kind, "unknown schedule"),
        };
    }

    /// <summary>0 before the decay begins, 1 at the last step; the first decaying step is already below the peak.</summary>
    private static double Progress(long step, long begin, long steps) =>
        step < begin ? 0 : (step - begin + 1.0) / (steps - begin);

    private static double Towards(double floor, double progress) => 1 + (floor - 1) * progress;
}

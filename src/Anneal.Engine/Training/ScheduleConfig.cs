namespace Anneal.Engine.Training;

/// <summary>Learning rate over the run, as a multiple of the peak.</summary>
public sealed record ScheduleConfig
{
    /// <summary>Shape after the warmup.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Cosine;

    /// <summary>Linear warmup, as a fraction of the run. 0 to 1.</summary>
    public double Warmup { get; init; } = 0.02;

    /// <summary>Decay at the end, as a fraction of the run; only warmup-stable-decay reads it. 0 to 1.</summary>
    public double Decay { get; init; } = 0.4;

    /// <summary>Final rate as a fraction of the peak. 0 to 1.</summary>
    public double Floor { get; init; } = 0.1;
}

/// <summary>Shape of the schedule.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine from peak to floor.</summary>
    Cosine,

    /// <summary>A straight line from peak to floor.</summary>
    Linear,

    /// <summary>Warmup-stable-decay: constant, then a straight line to the floor over the last <see cref="ScheduleConfig.Decay"/>.</summary>
    Wsd,

    /// <summary>Constant after the warmup.</summary>
    Constant,
}

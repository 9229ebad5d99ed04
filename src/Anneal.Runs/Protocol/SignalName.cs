namespace Anneal.Runs.Protocol;

/// <summary>A name that a stream has used, as bytes and as the protocol calls it.</summary>
/// <param name="text">As written.</param>
/// <param name="name">The protocol's name.</param>
/// <param name="signal">Which property of a step it is.</param>
/// <param name="exact">It was written as the protocol has it; an alias gives way to it.</param>
internal sealed class SignalName(byte[] text, string name, Signal signal, bool exact)
{
    public byte[] Text { get; } = text;

    public string Name { get; } = name;

    public Signal Signal { get; } = signal;

    public bool Exact { get; } = exact;

    /// <summary>Who came after it the last time: streams say their names in one order, so that a look-up is mostly a comparison.</summary>
    public SignalName? Next { get; set; }

    /// <summary>Line in which it was seen last, and its place among that line's other numbers.</summary>
    public (long Line, int Place) Seen { get; set; }
}

/// <summary>Properties of <see cref="StepMetrics"/>, in order; <see cref="Other"/> is a number without one.</summary>
internal enum Signal
{
    Step,
    Time,
    Tokens,
    Loss,
    LearningRate,
    GradNorm,
    UpdateNorm,
    ParamNorm,
    Nonfinite,
    Clipped,
    BatchHash,
    RepeatFraction,
    TokenEntropy,
    StepSeconds,
    TokensPerSecond,
    RssMb,
    Other,
}

namespace Anneal.Runs.Protocol;

/// <summary>A command to a run: <c>control/SEQ-UUID.json</c>. Applied at most once, whatever is written twice.</summary>
public sealed record ControlCommand
{
    /// <summary>Identity: a command with a uuid that was answered before is not applied again.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>What to do.</summary>
    public required ControlVerb Command { get; init; }

    /// <summary>Numbers of the command: <c>value</c> (set_lr_scale, set_clip), <c>start</c> and <c>stop</c> (skip_steps), <c>step</c> (load_checkpoint), <c>tokens</c>, <c>temperature</c>, <c>top_k</c>, <c>seed</c> (sample).</summary>
    public IReadOnlyDictionary<string, double> Args { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>Text of the command: <c>prompt</c> (sample).</summary>
    public string? Text { get; init; }

    /// <summary>Apply when so many steps are done; null applies at the next step boundary. A step that has passed: rejected.</summary>
    public int? ApplyAtStep { get; init; }

    /// <summary>Not to be applied after this time, seconds since 1970 UTC; null never expires.</summary>
    public double? ExpiresAt { get; init; }
}

/// <summary>What a run can be told.</summary>
public enum ControlVerb
{
    /// <summary>Save the state.</summary>
    SaveCheckpoint,

    /// <summary>Go back to the saved state of a step; later states are removed.</summary>
    LoadCheckpoint,

    /// <summary>Read the batches of steps start to stop - 1 without training on them.</summary>
    SkipSteps,

    /// <summary>Multiply the schedule's learning rate; 0 to 10.</summary>
    SetLrScale,

    /// <summary>Clip the global gradient norm; 0 turns it off.</summary>
    SetClip,

    /// <summary>Weight the domains of the stream.</summary>
    SetMixture,

    /// <summary>Save the state for the lab's evaluator.</summary>
    Evaluate,

    /// <summary>Write text from the model as it is.</summary>
    Sample,

    /// <summary>Wait between steps.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Save the state and end.</summary>
    Stop,
}

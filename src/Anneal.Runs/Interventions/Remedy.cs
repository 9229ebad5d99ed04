using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>One rung of a ladder: what to do about an incident, before it is known which checkpoint and which steps that means.</summary>
/// <param name="Action">As the incident tells it.</param>
internal readonly record struct Remedy(IncidentAction Action)
{
    /// <summary>Multiplies the learning rate's present scale; 1 leaves it.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Largest gradient norm, for a clip; null: the usual one.</summary>
    public double? ClipTo { get; init; }

    /// <summary>Steps to skip from here, for a skip; null: as many as the trouble took so far.</summary>
    public int? Steps { get; init; }

    /// <summary>Which checkpoint before the trouble, for a rewind: 0 the newest good one, 1 the one before.</summary>
    public int Older { get; init; }

    /// <summary>The commands that a trainer must understand for it.</summary>
    public bool IsWithin(IReadOnlyCollection<string>? capabilities) => Action switch
    {
        IncidentAction.Skip => Capability.Has(capabilities, ControlVerb.SkipSteps),
        IncidentAction.Rewind => Capability.Has(capabilities, ControlVerb.LoadCheckpoint) && (Scale == 1 || Capability.Has(capabilities, ControlVerb.SetLrScale)),
        IncidentAction.ScaleLr => Capability.Has(capabilities, ControlVerb.SetLrScale),
        IncidentAction.Clip => Capability.Has(capabilities, ControlVerb.SetClip),
        _ => true,
    };
}

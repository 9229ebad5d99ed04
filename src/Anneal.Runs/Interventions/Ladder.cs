using Anneal.Runs.Monitoring.Detectors.Inside;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What is tried against a cause, least intrusive first, three times at most: then the run is stopped. A state that is damaged
/// already starts where going back starts; what no command reaches (the programme, the measurement) has no rungs.
/// </summary>
internal static class Ladder
{
    /// <summary>Tries against one cause before the run is given up.</summary>
    public const int MostTries = 3;

    private static readonly Remedy skip = new(IncidentAction.Skip), restart = new(IncidentAction.Restart);
    private static readonly Remedy tighten = new(IncidentAction.Clip);
    private static readonly Remedy halve = new(IncidentAction.ScaleLr) { Scale = 0.5 };
    // Back to before the trouble and past the text of it; then further back, with a smaller rate.
    private static readonly Remedy back = new(IncidentAction.Rewind);
    private static readonly Remedy backSlower = back with { Scale = 0.5 }, furtherBackSlower = back with { Scale = 0.5, Older = 1 };

    private static readonly Remedy[] damaged = [back, backSlower, furtherBackSlower];
    // Text or a machine that makes numbers overflow is left behind; a smaller rate is the last guess.
    private static readonly Remedy[] poisoned = [back, back, furtherBackSlower];
    private static readonly Remedy[] unstable = [tighten, halve, backSlower];
    // A reader that stands still is not passed over; a smaller rate wakes neither it nor a part of the model.
    private static readonly Remedy[] stuck = [back, back with { Older = 1 }];
    private static readonly Remedy[] batches = [skip, back, furtherBackSlower];
    private static readonly Remedy[] infrastructure = [restart, restart, restart];

    /// <summary>What to do now; <see cref="IncidentAction.None"/> where no command reaches it, <see cref="IncidentAction.Stop"/> when all was tried or the state is lost for good.</summary>
    /// <param name="incident">Of severity act.</param>
    /// <param name="tries">Tries against this cause so far.</param>
    /// <param name="capabilities">Commands that the trainer understands; null: all.</param>
    /// <param name="isHurt">Whether the loss is above its level before: a part of the model that does nothing is no reason to end a run that learns.</param>
    public static Remedy Next(Incident incident, int tries, IReadOnlyCollection<string>? capabilities, bool isHurt = true)
    {
        if (tries > 0 && incident is { Cause: Cause.Model, Fatal: false } && !isHurt) return new(IncidentAction.None);
        if (tries >= MostTries) return new(IncidentAction.Stop);
        // Rungs that this trainer cannot do are left out; with fewer rungs than tries the last one is tried again.
        Remedy? remedy = null;
        var rung = 0;
        foreach (var candidate in RungsOf(incident))
        {
            if (!candidate.IsWithin(capabilities)) continue;
            remedy = candidate;
            if (rung++ == tries) break;
        }
        return remedy ?? new(incident.Fatal ? IncidentAction.Stop : IncidentAction.None);
    }

    private static IEnumerable<Remedy> RungsOf(Incident incident) => incident.Cause switch
    {
        Cause.Infrastructure => infrastructure,
        Cause.Evaluation => [],
        Cause.Schedule => Rate(incident),
        Cause.Numerics => poisoned,
        // Without a way back a smaller rate is what is left.
        _ when incident.Fatal => damaged,
        Cause.Model => stuck,
        Cause.Data when incident.Detector == RepeatedBatchDetector.Stuck => stuck,
        Cause.Data => batches,
        Cause.Optimizer when !IsLossHurt(incident) => unstable,
        Cause.Optimizer => [.. damaged, halve],
        _ => damaged,
    };

    // A rate with an expectation is put where it is expected; the trouble that it made is left behind. A rate of 0 stays 0, whatever multiplies it.
    private static Remedy[] Rate(Incident incident)
    {
        if (incident.Evidence.TryGetValue("train/lr", out var now) && now == 0) return [];
        if (ExpectedRate(incident) is not { } expected) return unstable;
        var scale = Math.Clamp(expected / now, 0.02, 10);
        return [new(IncidentAction.ScaleLr) { Scale = scale }, back with { Scale = scale }, back with { Scale = scale, Older = 1 }];
    }

    // An incident of several symptoms holds the numbers of several: an expectation is a rate's if the factor that was told leads to it.
    private static double? ExpectedRate(Incident incident)
    {
        var evidence = incident.Evidence;
        if (!evidence.TryGetValue("train/lr", out var now) || !(now > 0)) return null;
        var factor = evidence.GetValueOrDefault("factor", double.NaN);
        var expected = evidence.GetValueOrDefault("expected", double.NaN);
        var peak = evidence.GetValueOrDefault("peak", double.NaN);
        if (Math.Abs((factor * expected / now) - 1) < 0.05) return expected;
        if (Math.Abs((factor * peak / now) - 1) < 0.05) return expected > 0 && expected < peak ? expected : peak;
        return null;
    }

    private static bool IsLossHurt(Incident incident) => !incident.Detector.Contains("grad", StringComparison.Ordinal) && !incident.Detector.Contains("clip", StringComparison.Ordinal);
}

using System.Security.Cryptography;
using System.Text;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>What a remedy means at a moment: the commands, in order, with identities that follow from what they are part of.</summary>
internal sealed record Plan
{
    // The trainer's bounds.
    private const double LargestScale = 10;
    private const int MostSkipped = 10_000;
    private const int Behind = 8;

    // First bytes of every uuid that a plan gives.
    private static readonly byte[] mark = "aneal"u8.ToArray();

    /// <summary>Number of the intervention.</summary>
    public required int Id { get; init; }

    /// <summary>Rewinds before it.</summary>
    public required int Branch { get; init; }

    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public required int Steps { get; init; }

    /// <summary>Step at which the trouble began.</summary>
    public required int Since { get; init; }

    /// <summary>Try, from 1.</summary>
    public required int Try { get; init; }

    /// <summary>Whether the text is to blame: then all of it is left out; else only where it began.</summary>
    public required bool IsData { get; init; }

    /// <summary>Learning-rate scale that the trainer has now.</summary>
    public required double Scale { get; init; }

    /// <summary>Clip that an intervention gave it; null for the recipe's.</summary>
    public required double? Clip { get; init; }

    /// <summary>Usual gradient norm; null where it is not told.</summary>
    public required double? UsualNorm { get; init; }

    /// <summary>Good states, newest first.</summary>
    public required IReadOnlyList<int> Good { get; init; }

    /// <summary>Spans of steps that were left out before and lie ahead again after a rewind.</summary>
    public required IReadOnlyList<(int Start, int Stop)> LeftOut { get; init; }

    /// <summary>Commands that the trainer understands; null: all.</summary>
    public required IReadOnlyCollection<string>? Capabilities { get; init; }

    /// <summary>The commands of a remedy that is within the capabilities.</summary>
    public IReadOnlyList<ControlCommand> Commands(Remedy remedy)
    {
        var plan = new List<(ControlVerb, (string, double)[])>();
        if (remedy.Action == IncidentAction.Rewind)
        {
            var to = Good[Math.Min(remedy.Older, Good.Count - 1)];
            plan.Add((ControlVerb.LoadCheckpoint, [("step", to)]));
            foreach (var (start, stop) in LeftOut.Append(Offending()).Distinct())
                if (stop > to + 1 && Has(ControlVerb.SkipSteps)) plan.Add((ControlVerb.SkipSteps, [("start", Math.Max(start, to + 1)), ("stop", stop)]));
            // The state brings its own rate and clip; what was set since is set again.
            if (Has(ControlVerb.SetLrScale)) plan.Add((ControlVerb.SetLrScale, [("value", Math.Min(LargestScale, Scale * remedy.Scale))]));
            if (Clip is { } clip && Has(ControlVerb.SetClip)) plan.Add((ControlVerb.SetClip, [("value", clip)]));
            return Named(plan);
        }
        if (Has(ControlVerb.SaveCheckpoint)) plan.Add((ControlVerb.SaveCheckpoint, []));
        plan.Add(remedy.Action switch
        {
            IncidentAction.Skip => (ControlVerb.SkipSteps, [("start", Step + 1), ("stop", Bounded(Step + 1 + (remedy.Steps ?? Math.Clamp(Step - Since + 1, 4, 64) * Try)))]),
            IncidentAction.ScaleLr => (ControlVerb.SetLrScale, [("value", Math.Min(LargestScale, Scale * remedy.Scale))]),
            IncidentAction.Clip => (ControlVerb.SetClip, [("value", remedy.ClipTo ?? UsualNorm!.Value)]),
            _ => throw new ArgumentOutOfRangeException(nameof(remedy), remedy.Action, "no command does this"),
        });
        return Named(plan);
    }

    /// <summary>Commands that put values back.</summary>
    public IReadOnlyList<ControlCommand> PutBack(double? scale, double? clip)
    {
        var plan = new List<(ControlVerb, (string, double)[])>();
        if (scale is { } rate) plan.Add((ControlVerb.SetLrScale, [("value", rate)]));
        if (clip is { } norm) plan.Add((ControlVerb.SetClip, [("value", norm)]));
        return Named(plan, "back");
    }

    private (int Start, int Stop) Offending()
    {
        var longest = Math.Max(16, Steps / 50) << Math.Min(Try - 1, 8);
        var stop = Math.Min(Step + 1, Since + (IsData ? MostSkipped : longest));
        // Trouble at once behind the text that was left out: it goes on for longer than a few steps show.
        if (LeftOut.Any(span => Since >= span.Start && Since <= span.Stop + Behind)) stop = Math.Max(stop, Since + longest);
        return (Since, Bounded(Math.Min(stop, Since + MostSkipped)));
    }

    private int Bounded(int stop) => Steps > 0 ? Math.Min(stop, Steps + 1) : stop;

    private bool Has(ControlVerb verb) => Capability.Has(Capabilities, verb);

    /// <summary>Whether a command came from a plan.</summary>
    public static bool IsOurs(Guid command) => command.ToByteArray().AsSpan().StartsWith(mark);

    // The same decision has the same identity, so that one which is made again after a crash is not carried out again.
    private List<ControlCommand> Named(List<(ControlVerb Verb, (string Name, double Value)[] Args)> plan, string purpose = "do") => [.. plan.Select((one, index) => new ControlCommand
    {
        Uuid = new Guid([.. mark, .. SHA256.HashData(Encoding.UTF8.GetBytes($"{Id}/{Branch}/{Step}/{purpose}/{index}/{Capability.Word(one.Verb)}")).AsSpan(0, 16 - mark.Length)]),
        Command = one.Verb,
        Args = one.Args.ToDictionary(arg => arg.Name, arg => arg.Value),
    })];
}

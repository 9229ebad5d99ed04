using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>What became of a command.</summary>
internal enum AnswerStatus
{
    Applied,
    Rejected,
    Ignored,
}

/// <summary>The final answer to one command.</summary>
/// <param name="Command">Which.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Before">Value before, where it has one.</param>
/// <param name="After">Value after, where it has one.</param>
/// <param name="Reason">Why not.</param>
internal sealed record Answer(ControlCommand Command, AnswerStatus Status, double? Before = null, double? After = null, string? Reason = null);

/// <summary>
/// Commands told one after the other: the next when the one before is done. A trainer is not believed: of several answers the
/// first final one counts, lines that are none are passed over, numbers that are none are left out.
/// </summary>
/// <param name="run">Where they are written.</param>
/// <param name="options">How long to wait.</param>
internal sealed class Exchange(RunDirectory run, StewardOptions options)
{
    private const int DeafAfter = 3, StepsOfPatience = 10;

    private readonly Queue<ControlCommand> left = new();
    private ControlCommand? asked;
    private DateTimeOffset until;
    private DateTimeOffset? lastStep;
    private DateTimeOffset lastLook;
    private TimeSpan slowest;
    private int heard;
    private bool accepted, rewinds;

    /// <summary>Whether something is not answered yet.</summary>
    public bool Waits => asked is not null;

    /// <summary>Begins to tell commands; what was not told of earlier ones is dropped.</summary>
    public void Ask(IReadOnlyList<ControlCommand> commands)
    {
        left.Clear();
        foreach (var command in commands) left.Enqueue(command);
        rewinds = commands.Any(command => command.Command == ControlVerb.LoadCheckpoint);
        Tell();
    }

    /// <summary>The trainer has done a step. Whether a second has passed since this said so: time to look at its files.</summary>
    public bool Heard()
    {
        heard++;
        if (options.InProcess) return false;
        var now = options.Clock.GetUtcNow();
        if (lastStep is { } last && now - last is var pace && pace < TimeSpan.FromHours(1)) slowest = pace > slowest ? pace : slowest * 0.99;
        lastStep = now;
        if (now - lastLook < TimeSpan.FromSeconds(1)) return false;
        lastLook = now;
        return true;
    }

    /// <summary>The final answer to the command that was told last, or null; after one that was applied the next command is told.</summary>
    public Answer? Look()
    {
        if (asked is not { } command) return null;
        if (Final(command) is { } answer)
        {
            if (answer.Status == AnswerStatus.Applied || IsExtra(command)) Tell();
            else Drop();
            return answer.Status == AnswerStatus.Rejected && IsExtra(command) ? answer with { Status = AnswerStatus.Applied, Before = null, After = null } : answer;
        }
        if (options.InProcess || heard < DeafAfter || options.Clock.GetUtcNow() < until) return null;
        Drop();
        return new(command, AnswerStatus.Ignored, Reason: $"no answer in {heard} steps");
    }

    // The safety copy and the text to leave out are asked for; the repair itself does not hang on them.
    private bool IsExtra(ControlCommand command) => command.Command == ControlVerb.SaveCheckpoint || (rewinds && command.Command == ControlVerb.SkipSteps);

    private void Tell()
    {
        if (!left.TryDequeue(out asked)) return;
        (heard, accepted) = (0, false);
        if (Final(asked) is not null) return;
        var patience = TimeSpan.FromTicks(Math.Max(options.AnswerWithin.Ticks, slowest.Ticks * StepsOfPatience));
        until = options.Clock.GetUtcNow() + patience;
        ControlInbox.Send(run, options.InProcess ? asked : asked with { ExpiresAt = until.ToUnixTimeMilliseconds() / 1000.0 });
    }

    private void Drop()
    {
        left.Clear();
        asked = null;
    }

    private Answer? Final(ControlCommand command)
    {
        foreach (var ack in Acknowledgement.ReadAll(run.AcknowledgementsPath))
        {
            if (ack.Uuid != command.Uuid || (ack.Command is { } verb && verb != command.Command)) continue;
            if (ack.Status == AcknowledgementStatus.Applied) return new(command, AnswerStatus.Applied, Number(ack.Before), Number(ack.After));
            if (ack.Status == AcknowledgementStatus.Rejected) return new(command, AnswerStatus.Rejected, Reason: ack.Reason is { Length: > 0 } reason ? reason[..Math.Min(reason.Length, 300)] : "it gave no reason");
            if (accepted) continue;
            // It has heard; from now on it has its time once more.
            accepted = true;
            until += options.AnswerWithin;
        }
        return null;
    }

    private static double? Number(IReadOnlyDictionary<string, double> values) =>
        (values.TryGetValue("value", out var value) || values.TryGetValue("step", out value)) && double.IsFinite(value) ? value : null;
}

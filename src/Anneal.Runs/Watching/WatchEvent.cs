using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching;

/// <summary>Something that happened in a watched run, for those who look on. Told in order, from one thread at a time.</summary>
public abstract record WatchEvent;

/// <summary>The command was started.</summary>
/// <param name="Attempt">From 1; each restart is one more.</param>
/// <param name="Pid">Process id.</param>
public sealed record CommandStarted(int Attempt, int Pid) : WatchEvent;

/// <summary>The command ended.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="ExitCode">128 + signal for a killed one.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record CommandEnded(int Attempt, int ExitCode, string Reason) : WatchEvent;

/// <summary>A training step was heard.</summary>
/// <param name="Metrics">What the trainer said of it.</param>
/// <param name="Band">Where its loss was expected; null until enough was heard.</param>
public sealed record StepHeard(StepMetrics Metrics, LossBand? Band) : WatchEvent;

/// <summary>A measurement came without a training step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Numbers">By full name: <c>val/loss</c>.</param>
public sealed record MeasurementHeard(int Step, IReadOnlyDictionary<string, double> Numbers) : WatchEvent;

/// <summary>The monitor raised an incident.</summary>
/// <param name="Incident">Which.</param>
public sealed record IncidentRaised(Incident Incident) : WatchEvent;

/// <summary>Something was done about an incident, or came of it.</summary>
/// <param name="Step">Steps done at that time.</param>
/// <param name="Action">What: <see cref="IncidentAction.Rewind"/>.</param>
/// <param name="Status">A word: <c>requested</c>, <c>applied</c>, <c>rejected</c>, <c>reverted</c>.</param>
/// <param name="Message">In a sentence.</param>
public sealed record InterventionTold(int Step, IncidentAction Action, string Status, string Message) : WatchEvent
{
    /// <summary>An intervention at one of its turns, in words.</summary>
    /// <param name="turn">A line of <c>interventions.jsonl</c>.</param>
    public static InterventionTold Of(Intervention turn) => new(
        turn.Step,
        turn.Action,
        Advice.Snake(turn.State),
        $"{Advice.Snake(turn.Action)} against {turn.Incident.Detector} at step {turn.Incident.Step}, try {turn.Try}: {Advice.Snake(turn.State)}{(turn.Reason is { } reason ? $" ({reason})" : "")}");
}

/// <summary>The run's length became known.</summary>
/// <param name="Steps">Steps of the whole run.</param>
public sealed record LengthKnown(int Steps) : WatchEvent;

/// <summary>A language model gave a second opinion on an incident.</summary>
/// <param name="Step">Of the incident.</param>
/// <param name="Source">Who gave it.</param>
/// <param name="Cause">Where it sees the cause.</param>
/// <param name="Confidence">In the cause, 0 to 1, as it claims.</param>
/// <param name="Action">What it would do: <c>scale_lr 0.5</c>; null for nothing.</param>
/// <param name="Taken">What the policy made of it: <c>taken: ...</c>, <c>noted: ...</c> or <c>refused: ...</c>.</param>
public sealed record OpinionGiven(int Step, string Source, Cause Cause, double Confidence, string? Action, string Taken) : WatchEvent;

/// <summary>A word about the watch itself: a folder that cannot be written, a command that is started again.</summary>
/// <param name="Text">In a sentence.</param>
public sealed record WatchNotice(string Text) : WatchEvent;

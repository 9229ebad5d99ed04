using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// Carries out what the policy recommends, over the run directory's protocol: a checkpoint before, the commands, their
/// acknowledgements, a probation against the loss that was expected, values put back where it did not help, at most three tries
/// a cause and then the end. It waits for nobody: it looks when it is called. All that it does is in <c>interventions.jsonl</c>,
/// from which a later process goes on.
/// </summary>
/// <remarks>
/// After each step: <see cref="Take"/> with what the monitor said, write down what comes back, then <see cref="Hear"/> whenever
/// <see cref="Waits"/> (between steps, or several times a second), and do what <see cref="Demand"/> says.
/// </remarks>
public sealed class Steward
{
    private const int Before = 32, Lately = 8;

    private readonly RunDirectory run;
    private readonly StewardOptions options;
    private readonly InterventionLog log;
    private readonly Patience patience;
    private readonly StepMemory losses = new(1024), norms = new(256), repeats = new(64);
    private readonly Exchange exchange;
    private readonly CheckpointChoice states;
    private readonly CommandedRate rates;
    private Incident? next, late;
    private int branch, step;
    private string? batch;
    private bool deaf;

    /// <summary>Begins, or goes on where an earlier process ended.</summary>
    /// <param name="run">The run's folder; it is there.</param>
    /// <param name="options">What is known of the trainer.</param>
    public Steward(RunDirectory run, StewardOptions options)
    {
        (this.run, this.options) = (run, options);
        patience = new(options.Steps);
        log = new(run);
        (exchange, states, rates) = (new(run, options), new(run), new(run));
        rates.Read(log.Lines);
        branch = InterventionLog.BranchOf(run);
        deaf = log.Lines.Any(line => line.State == InterventionState.Ignored);
        Current = log.Last is { IsOver: false } last ? last : null;
        step = log.Last?.Step ?? 0;
        if (Current is { State: InterventionState.Proposed or InterventionState.Requested, Action: not (IncidentAction.Stop or IncidentAction.Restart) } asked) exchange.Ask(asked.Commands);
    }

    /// <summary>The intervention under way, as of its latest turn; null for none.</summary>
    public Intervention? Current { get; private set; }

    /// <summary>Whether a command is not answered yet.</summary>
    public bool Waits => exchange.Waits;

    /// <summary>What the holder of the trainer's process is to do. A trainer that understands <c>stop</c> has been told so: give it time before a signal.</summary>
    public StewardDemand Demand { get; private set; }

    /// <summary>Why, in a sentence; null without a demand.</summary>
    public string? Why { get; private set; }

    /// <summary>Tries against a cause that still count: a repair that held for long is forgotten.</summary>
    public int TriesOf(Cause cause)
    {
        var last = log.Lines.LastOrDefault(line => line.Incident.Cause == cause && line.Action is not (IncidentAction.Stop or IncidentAction.None));
        return last is null || (last.IsOver && step - last.Step > patience.ForTries) ? 0 : last.Try;
    }

    /// <summary>What repairs multiply the learning rate by at a step, other than those which put it where it should be; 1 without any. For <see cref="Monitoring.MonitorOptions.RateScale"/>.</summary>
    public double RateScaleAt(int step) => rates.At(step);

    /// <summary>Takes in a step and what the monitor says of it.</summary>
    /// <param name="metrics">The step.</param>
    /// <param name="incidents">With the actions that the policy recommends.</param>
    /// <returns>The incidents with the actions that are taken, and some of its own: to be written down.</returns>
    public IReadOnlyList<Incident> Take(StepMetrics metrics, IReadOnlyList<Incident> incidents)
    {
        Remember(metrics);
        if (exchange.Heard()) states.Notice();
        if (Demand == StewardDemand.Stop) return incidents;
        var ended = Current is { State: InterventionState.Probation } on && !Waits && (step >= on.Until || Probation.Shows(on, repeats) is not null) ? Conclude(on) : null;
        if (Current is { State: InterventionState.Probation } still && !Waits && metrics.LearningRate is { } rate) LetGo(still, rate);
        if (incidents.Count == 0) return ended is null ? incidents : [ended];
        List<Incident> taken = [.. incidents.Select(Decide)];
        if (ended is not null) taken.Insert(0, ended);
        return taken;
    }

    /// <summary>Looks for answers and goes on with what was asked.</summary>
    /// <returns>Incidents of its own, to be written down: a trainer that does not listen.</returns>
    public IReadOnlyList<Incident> Hear()
    {
        List<Incident>? told = null;
        var answered = false;
        while (exchange.Look() is { } answer)
        {
            answered = true;
            if (answer.Status == AnswerStatus.Applied && Current?.State != InterventionState.Probation) Note(answer);
            if (answer.Status == AnswerStatus.Applied && exchange.Waits) continue;
            if (End(answer) is { } incident) (told ??= []).Add(incident);
        }
        if (answered) rates.Read(log.Lines);
        return told ?? (IReadOnlyList<Incident>)[];
    }

    /// <summary>Learns the steps of the branch that the run is on, after it went back or began in a new process.</summary>
    /// <param name="steps">All of them, in order.</param>
    public void Recall(IEnumerable<StepMetrics> steps)
    {
        branch = InterventionLog.BranchOf(run);
        rates.Read(log.Lines);
        losses.Clear();
        norms.Clear();
        repeats.Clear();
        foreach (var metrics in steps) Remember(metrics);
    }

    /// <summary>The holder of the process has done what was demanded.</summary>
    public void Obeyed()
    {
        if (Current is { Action: IncidentAction.Stop or IncidentAction.Restart } done) Turn(done, InterventionState.Applied);
        Current = null;
        if (Demand == StewardDemand.Restart) (Demand, Why) = (StewardDemand.None, null);
    }

    /// <summary>The run has ended by itself: what is on probation is judged by what was heard.</summary>
    public void Close()
    {
        if (Current is not { State: InterventionState.Probation } on) return;
        var reason = Probation.Judge(on, losses, repeats);
        Turn(on, reason is null ? InterventionState.Kept : InterventionState.Failed, reason);
    }

    /// <summary>
    /// Weighs what a language model advises about an incident. What is taken is carried out within the same bounds; nothing waits
    /// for it, and nothing that was done is undone for it.
    /// </summary>
    /// <param name="advice">From the model, within bounds or not.</param>
    /// <param name="incident">What it is about, as <see cref="Take"/> gave it back.</param>
    /// <param name="source">Who gave it.</param>
    /// <returns>What becomes of it.</returns>
    public AdviceOutcome Advise(Advice advice, Incident incident, string source)
    {
        var outcome = AdviceRule.Weigh(advice, incident, TriesOf(incident.Cause), Reachable(SinceOf(incident)));
        if (outcome.Remedy is not { } remedy || Current is not null || Demand != StewardDemand.None) return outcome.Remedy is null ? outcome : AdviceOutcome.TooLate;
        Propose(incident with { Cause = advice.Cause }, remedy, TriesOf(incident.Cause), source);
        return outcome;
    }

    private void Remember(StepMetrics metrics)
    {
        step = metrics.Step;
        losses.Add(step, metrics.Loss);
        if (metrics.GradNorm is { } norm) norms.Add(step, norm);
        if (metrics.BatchHash is not { Length: > 0 } hash) return;
        repeats.Add(step, hash == batch ? 1 : 0);
        batch = hash;
    }

    private Incident Decide(Incident incident)
    {
        if (incident.Severity != Severity.Act || incident.Action == IncidentAction.None) return incident;
        if (incident.Action == IncidentAction.Restart) return incident with { Action = Restart(incident) };
        // While a command is under way its outcome is not known; the next step tells more.
        var gaveUp = incident.Action == IncidentAction.Stop && incident.Detector != ActionPolicy.Unrecovered;
        // What is on probation is judged there.
        var isFollowed = Waits || (Current is { State: InterventionState.Probation } && incident.Detector == ActionPolicy.Unrecovered);
        if (Demand != StewardDemand.None || (isFollowed && !gaveUp))
        {
            // Said once: it counts if the command comes to nothing.
            if (incident.Action == IncidentAction.Stop && Current is not { State: InterventionState.Probation }) late = incident;
            return incident with { Action = IncidentAction.None };
        }
        if (Current is { State: InterventionState.Probation } on && !gaveUp)
            return incident with { Action = TryAgain(on, incident with { Cause = on.Incident.Cause }, incident.Message) };
        if (gaveUp) return incident with { Action = Stop(incident) };
        // What nobody repaired so far may still be repaired; what is out of reach is lost.
        var action = Begin(incident, TriesOf(incident.Cause));
        return incident with { Action = action == IncidentAction.None && incident.Action == IncidentAction.Stop ? Stop(incident) : action };
    }

    private Remedy Next(Incident incident, int tries)
    {
        var since = SinceOf(incident);
        var isHurt = losses.Level(Before, until: since - 1) is not { } before || Harm.Shows((losses.Level(Lately, least: 1)?.Level ?? double.NaN) - before.Level, before.Sigma);
        return Ladder.Next(incident, tries, Reachable(since), isHurt);
    }

    private IncidentAction Begin(Incident incident, int tries) => Begin(incident, Next(incident, tries), tries);

    private IncidentAction Begin(Incident incident, Remedy remedy, int tries)
    {
        switch (remedy.Action)
        {
            case IncidentAction.None:
                return IncidentAction.None;
            case IncidentAction.Stop:
                return Stop(incident);
            case IncidentAction.Restart:
                return Restart(incident);
            default:
                Propose(incident, remedy, tries, "policy");
                return remedy.Action;
        }
    }

    private void Propose(Incident incident, Remedy remedy, int tries, string source)
    {
        var since = SinceOf(incident);
        var plan = PlanFor(incident, since, tries + 1);
        var before = losses.Level(Before, until: since - 1);
        var commands = plan.Commands(remedy);
        Current = log.Add(new()
        {
            Id = plan.Id,
            Branch = branch,
            Step = step,
            State = InterventionState.Proposed,
            Action = remedy.Action,
            Incident = incident with { Action = remedy.Action },
            Fatal = incident.Fatal,
            Since = since,
            Try = tries + 1,
            Source = source,
            Commands = commands,
            Expected = before?.Level,
            Sigma = before?.Sigma,
            Level = losses.Level(Lately, least: 1)?.Level,
        });
        Turn(Current, InterventionState.Requested);
        exchange.Ask(commands);
    }

    // What a command changed, under names that say of what.
    private void Note(Answer answer)
    {
        var (name, command) = (Name(answer.Command.Command), answer.Command);
        if (Current is not { } now) return;
        if (command.Command == ControlVerb.LoadCheckpoint)
        {
            branch = InterventionLog.BranchOf(run);
            losses.RemoveAfter((int)command.Args["step"]);
            norms.RemoveAfter((int)command.Args["step"]);
            repeats.RemoveAfter((int)command.Args["step"]);
            step = (int)command.Args["step"];
        }
        Dictionary<string, double> before = new(now.Before), after = new(now.After);
        if (name is not null)
        {
            if (answer.Before is { } value) before.TryAdd(name, value);
            after[name] = answer.After ?? command.Args.GetValueOrDefault(name == "step" ? "step" : "value");
        }
        if (command.Command == ControlVerb.SkipSteps) (after["skip_start"], after["skip_stop"]) = (Math.Min(after.GetValueOrDefault("skip_start", int.MaxValue), command.Args["start"]), Math.Max(after.GetValueOrDefault("skip_stop"), command.Args["stop"]));
        Current = now with { Before = before, After = after };
    }

    private static string? Name(ControlVerb verb) => verb switch
    {
        ControlVerb.SetLrScale => "lr_scale",
        ControlVerb.SetClip => "clip",
        ControlVerb.LoadCheckpoint => "step",
        _ => null,
    };

    // The last answer to what was asked: all done, or refused, or none.
    private Incident? End(Answer answer)
    {
        if (Current is not { } now) return null;
        if (now.State == InterventionState.Probation)
        {
            BackAgain(now, answer);
            return null;
        }
        switch (answer.Status)
        {
            case AnswerStatus.Applied:
                late = null;
                Turn(now, InterventionState.Applied);
                var from = Math.Max(now.Incident.Step, (int)now.After.GetValueOrDefault("skip_stop"));
                Turn(Current!, InterventionState.Probation, until: Math.Max(step, from) + patience.ForProbation);
                return null;
            case AnswerStatus.Rejected:
                Turn(now, InterventionState.Rejected, answer.Reason);
                return Told(now, $"The trainer refused {Capability.Word(answer.Command.Command)}: {answer.Reason}.", Severity.Act, GoOn(now));
            default:
                deaf = true;
                Turn(now, InterventionState.Ignored, answer.Reason);
                return Told(now, $"The trainer trained on and did not answer {Capability.Word(answer.Command.Command)}: {answer.Reason}. Nothing more is asked of it.", Severity.Warn, GoOn(now));
        }
    }

    // The next rung; where there is none, what was given up meanwhile ends the run.
    private IncidentAction GoOn(Intervention now)
    {
        var action = Begin(Trouble(now), now.Try);
        return action == IncidentAction.None && late is { } lost ? Stop(lost) : action;
    }

    private Incident? Conclude(Intervention on)
    {
        if (Probation.Judge(on, losses, repeats) is not { } reason)
        {
            Turn(on, InterventionState.Kept);
            return null;
        }
        return Told(on, $"After {on.Incident.Detector} at step {on.Incident.Step} the run was to recover until step {on.Until}: {reason}.", Severity.Act, TryAgain(on, Trouble(on), reason));
    }

    private IncidentAction TryAgain(Intervention on, Incident incident, string reason)
    {
        double? scale = on.Action == IncidentAction.ScaleLr && on.Before.TryGetValue("lr_scale", out var rate) ? rate : null;
        double? clip = on.Action == IncidentAction.Clip && on.Before.TryGetValue("clip", out var norm) ? norm : null;
        if ((scale is null && clip is null) || deaf)
        {
            Turn(on, InterventionState.Failed, reason);
            return Begin(incident, on.Try);
        }
        next = incident;
        PutBack(on, reason, scale, clip);
        return Next(incident, on.Try).Action;
    }

    private void PutBack(Intervention on, string reason, double? scale, double? clip)
    {
        var commands = PlanFor(on.Incident, on.Since, on.Try).PutBack(scale, clip);
        Current = on with { Reason = reason, Commands = [.. on.Commands, .. commands] };
        exchange.Ask(commands);
    }

    // A rate that was put where it was expected, and has come back by itself: both together are too much.
    private void LetGo(Intervention on, double rate)
    {
        if (on.Action != IncidentAction.ScaleLr || !on.Incident.Evidence.TryGetValue("expected", out var expected) || !on.Incident.Evidence.TryGetValue("train/lr", out var was)) return;
        if (!on.Before.TryGetValue("lr_scale", out var before) || !on.After.TryGetValue("lr_scale", out var after) || !(before > 0)) return;
        var factor = after / before;
        if (factor < 0.5 ? rate <= 2 * expected * factor : factor > 2 && rate >= expected * factor / 2) PutBack(on, $"the rate came back by itself: it is {rate:G3}, {expected:G3} was expected and {was:G3} seen", before, null);
    }

    // Before is again what it was; a value that could not be put back stays.
    private void BackAgain(Intervention on, Answer answer)
    {
        if (answer.Status == AnswerStatus.Ignored) deaf = true;
        if (answer.Status == AnswerStatus.Applied) Turn(on with { Before = on.After, After = on.Before }, InterventionState.Reverted, on.Reason);
        else Turn(on, InterventionState.Failed, $"{on.Reason}; not put back: {answer.Reason}");
        if (next is not { } trouble) return;
        next = null;
        Begin(trouble, on.Try);
    }

    private IncidentAction Stop(Incident incident)
    {
        Demanded(StewardDemand.Stop, IncidentAction.Stop, incident);
        if (!options.InProcess && !deaf && Capability.Has(Declared(), ControlVerb.Stop)) ControlInbox.Send(run, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Stop });
        return IncidentAction.Stop;
    }

    private IncidentAction Restart(Incident incident)
    {
        if (options.InProcess || Demand != StewardDemand.None) return IncidentAction.None;
        Demanded(StewardDemand.Restart, IncidentAction.Restart, incident);
        return IncidentAction.Restart;
    }

    private void Demanded(StewardDemand demand, IncidentAction action, Incident incident)
    {
        (Demand, Why) = (demand, incident.Message);
        Current = log.Add(new()
        {
            Id = NextId(),
            Branch = branch,
            Step = step,
            State = InterventionState.Requested,
            Action = action,
            Incident = incident with { Action = action },
            Since = SinceOf(incident),
            Try = TriesOf(incident.Cause) + 1,
        });
    }

    private void Turn(Intervention of, InterventionState state, string? reason = null, int? until = null)
    {
        var line = log.Add(of with { State = state, Branch = branch, Step = step, Reason = reason, Until = until ?? of.Until });
        Current = line.IsOver ? null : line;
    }

    private Incident Told(Intervention about, string message, Severity severity, IncidentAction action) => new()
    {
        Step = step,
        Severity = action == IncidentAction.Stop ? Severity.Act : severity,
        Action = action,
        Detector = "intervention",
        Cause = about.Incident.Cause,
        Message = message,
        Evidence = new Dictionary<string, double> { ["try"] = about.Try, ["since"] = about.Since, ["confidence"] = 1 },
    };

    private Plan PlanFor(Incident incident, int since, int attempt) => new()
    {
        Id = NextId(),
        Branch = branch,
        Step = step,
        Steps = options.Steps,
        Since = since,
        Try = attempt,
        IsData = incident.Cause == Cause.Data,
        Scale = Newest(ControlVerb.SetLrScale) is { } scale && double.IsFinite(scale) ? scale : 1,
        Clip = Newest(ControlVerb.SetClip),
        UsualNorm = norms.Level(64, until: since - 1)?.Level,
        Good = states.Good(since, log.Latest()),
        LeftOut = [.. log.Latest().Where(one => one.After.ContainsKey("skip_start")).Select(one => ((int)one.After["skip_start"], (int)one.After["skip_stop"]))],
        Capabilities = Declared(),
    };

    // The value that the trainer has now, whoever set it; null where a state brought its own. Of our own commands those count that
    // are decided: after a crash a decision may be made again whose commands were answered before it.
    private double? Newest(ControlVerb verb)
    {
        var decided = log.Lines.SelectMany(line => line.Commands).DistinctBy(command => command.Uuid).ToDictionary(command => command.Uuid, command => command.Args);
        double? value = null;
        foreach (var ack in Acknowledgement.ReadAll(run.AcknowledgementsPath).Where(ack => ack.Status == AcknowledgementStatus.Applied))
        {
            if (ack.Command == ControlVerb.LoadCheckpoint) value = null;
            if (ack.Command != verb || ack.Step > step || (Plan.IsOurs(ack.Uuid) && !decided.ContainsKey(ack.Uuid))) continue;
            var asked = decided.GetValueOrDefault(ack.Uuid, ack.Args);
            if (ack.After.TryGetValue("value", out var set) || asked.TryGetValue("value", out set)) value = set;
        }
        return value;
    }

    private int NextId() => (log.Last?.Id ?? 0) + 1;

    private IReadOnlyCollection<string> Declared() => deaf ? [] : options.Capabilities ?? RunStatus.Load(run.StatusPath)?.Capabilities ?? [];

    // What can be done now: going back needs somewhere to go, tightening needs a norm.
    private List<string> Reachable(int since)
    {
        var words = Declared().ToList();
        if (states.Good(since, log.Latest()).Count == 0) words.Remove(Capability.Word(ControlVerb.LoadCheckpoint));
        if (norms.Level(64, until: since - 1) is null) words.Remove(Capability.Word(ControlVerb.SetClip));
        return words;
    }

    private static int SinceOf(Incident incident) => incident.Evidence.TryGetValue("since", out var since) && since >= 1 && since <= incident.Step ? (int)since : incident.Step;

    private static Incident Trouble(Intervention of) => of.Incident with { Fatal = of.Fatal, Evidence = new Dictionary<string, double>(of.Incident.Evidence) { ["since"] = of.Since } };
}

using Anneal.Cli.Commands;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Cli.Live;

/// <summary>A watched run as its view needs it, gathered from what is told. Fixed memory. Lock <see cref="Gate"/> to read.</summary>
internal sealed class RunBoard
{
    private const int Lately = 4, MostMarks = 4096;

    private readonly List<(int Step, Severity Severity)> marks = [];
    private readonly List<(int Step, IncidentAction Action)> done = [];
    private readonly Queue<(int Step, double Seconds)> pace = new();

    /// <summary>Held while something is added.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Losses and where they were expected.</summary>
    public CurveBins Curve { get; } = new();

    /// <summary>The step heard last.</summary>
    public StepMetrics? Last { get; private set; }

    /// <summary>Where its loss was expected.</summary>
    public Runs.Monitoring.LossBand? Band { get; private set; }

    /// <summary>Steps of the whole run; 0 where unknown.</summary>
    public int Steps { get; set; }

    /// <summary>Held-out loss measured last, nats a token, and its step.</summary>
    public (int Step, double Loss)? Held { get; private set; }

    /// <summary>What the run is doing, in a few words.</summary>
    public string State { get; private set; } = "starting";

    /// <summary>Incidents so far, by weight.</summary>
    public (int Warn, int Act) Counts { get; private set; }

    /// <summary>The newest incidents, newest last.</summary>
    public List<Incident> Recent { get; } = [];

    /// <summary>The newest words: what was done, second opinions, the watch's own troubles.</summary>
    public List<string> Words { get; } = [];

    /// <summary>Where incidents lie.</summary>
    public IReadOnlyList<(int Step, Severity Severity)> Marks => marks;

    /// <summary>Where something was done.</summary>
    public IReadOnlyList<(int Step, IncidentAction Action)> Done => done;

    /// <summary>Seconds to the end at the pace of the last steps; null where that is not known.</summary>
    public double? SecondsLeft => Last is { } last && Steps > last.Step && SecondsPerStep is { } each ? each * (Steps - last.Step) : null;

    /// <summary>Seconds a step, over the last ones that told their time.</summary>
    public double? SecondsPerStep => pace.Count > 1 && pace.Last() is var to && pace.Peek() is var from && to.Step > from.Step && to.Seconds > from.Seconds
        ? (to.Seconds - from.Seconds) / (to.Step - from.Step)
        : Last?.StepSeconds;

    /// <summary>Takes in what happened.</summary>
    public void Add(WatchEvent value)
    {
        lock (Gate)
        {
            switch (value)
            {
                case CommandStarted started:
                    State = started.Attempt > 1 ? $"running, attempt {started.Attempt}" : "running";
                    break;
                case CommandEnded ended:
                    State = ended.Reason;
                    break;
                case LengthKnown length:
                    Steps = length.Steps;
                    break;
                case StepHeard heard:
                    Hear(heard.Metrics, heard.Band);
                    break;
                case MeasurementHeard measured when measured.Numbers.TryGetValue("val/loss", out var loss):
                    Held = (measured.Step, loss);
                    break;
                case IncidentRaised { Incident: var incident }:
                    Counts = incident.Severity == Severity.Act ? (Counts.Warn, Counts.Act + 1) : (Counts.Warn + 1, Counts.Act);
                    if (marks.Count < MostMarks) marks.Add((incident.Step, incident.Severity));
                    Keep(Recent, incident);
                    break;
                case InterventionTold told:
                    if (done.Count < MostMarks) done.Add((told.Step, told.Action));
                    Keep(Words, told.Message);
                    break;
                case OpinionGiven opinion:
                    Keep(Words, $"{opinion.Source} on step {opinion.Step}: {IncidentWords.Of(opinion.Cause)} ({opinion.Confidence:0.00}){(opinion.Action is { } action ? $", would {action}" : "")}; {opinion.Taken}");
                    break;
                case WatchNotice notice:
                    Keep(Words, notice.Text);
                    break;
            }
        }
    }

    private void Hear(StepMetrics step, Runs.Monitoring.LossBand? band)
    {
        (Last, Band) = (step, band);
        if (State == "starting") State = "running";
        Curve.Add(step.Step, step.Loss, band);
        if (step.Extra.TryGetValue("val/loss", out var held)) Held = (step.Step, held);
        if (step.Time is not { } time) return;
        if (pace.Count > 0 && (step.Step <= pace.Last().Step || time < pace.Last().Seconds)) pace.Clear();
        pace.Enqueue((step.Step, time));
        if (pace.Count > 50) pace.Dequeue();
    }

    private static void Keep<T>(List<T> list, T item)
    {
        list.Add(item);
        if (list.Count > Lately) list.RemoveAt(0);
    }
}

using Anneal.Runs.Interventions;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.TensorBoard;

namespace Anneal.Runs.Watching;

/// <summary>
/// Hears an external trainer: what it prints, what it writes to <c>metrics.jsonl</c> itself, or to TensorBoard's event files,
/// becomes steps; what the monitor sees in them goes to <c>incidents.jsonl</c>, and under the policy to act to a steward, which
/// repairs what the trainer can be told to. Not for several threads at once.
/// </summary>
public sealed class TrainerWatch : IDisposable
{
    private readonly RunDirectory run;
    private readonly MonitorOptions options;
    private readonly IProgress<WatchEvent>? events;
    private readonly OwnMetrics metrics;
    private readonly TrainerOutput output = new();
    private readonly EventFolder? folder;
    private readonly bool preferFolder;
    private readonly List<string> capabilities = [];
    private Monitoring.Monitor? monitor;
    private Steward? steward;
    private int interventions;
    private MetricsTail? tail;
    private bool folderSpeaks, outputSpeaks, warned;
    private int length;

    /// <summary>Begins to watch; the folder is there.</summary>
    /// <param name="run">Where it is written down.</param>
    /// <param name="options">What the monitor knows beforehand, and what follows from an incident.</param>
    /// <param name="events">Told what is heard and seen.</param>
    /// <param name="logDirectory">TensorBoard's event files; null for none.</param>
    /// <param name="preferEvents">They are heard rather than the output, and not only where that is silent about losses.</param>
    public TrainerWatch(RunDirectory run, MonitorOptions options, IProgress<WatchEvent>? events = null, string? logDirectory = null, bool preferEvents = false)
    {
        (this.run, this.options, this.events, preferFolder) = (run, options, events, preferEvents);
        metrics = new OwnMetrics(run.MetricsPath, Warn);
        length = options.Steps;
        if (logDirectory is not null) folder = new EventFolder(logDirectory, DateTime.UtcNow);
    }

    /// <summary>The step heard last; null before the first.</summary>
    public StepMetrics? Last { get; private set; }

    /// <summary>Resident memory of the trainer's processes, MiB, for steps that do not say it; null: not known.</summary>
    public double? RssMb { get; set; }

    /// <summary>What is to be done with the trainer's process, under the policy to act.</summary>
    public StewardDemand Demand => steward?.Demand ?? StewardDemand.None;

    /// <summary>Why, in a sentence; null without a demand.</summary>
    public string? Why => steward?.Why;

    /// <summary>How long a trainer that goes on training may leave a command unanswered, at least. Default 30 s.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Commands that the trainer has declared; none for one that does not know of us.</summary>
    public IReadOnlyCollection<string> Capabilities => capabilities;

    // The run's length is mostly said before or with the first step.
    private Monitoring.Monitor Monitor => monitor ??= Begin();

    /// <summary>Gives the monitor the memory of the steps that are in the folder already.</summary>
    public void Recall()
    {
        var steps = MetricsReader.ReadAll(run.MetricsPath);
        foreach (var step in steps) Monitor.Observe(step);
        if (steps.Count > 0) Last = steps[^1];
        steward?.Recall(steps);
    }

    /// <summary>Takes in a line of the trainer's output.</summary>
    /// <param name="numbers">From <see cref="MetricLine.Parse"/>.</param>
    /// <param name="seconds">Since the run began.</param>
    /// <returns>Incidents that it gives rise to; mostly none.</returns>
    public IReadOnlyList<Incident> Hear(IReadOnlyList<NamedNumber> numbers, double seconds)
    {
        if (!metrics.IsOurs() || (folderSpeaks && (preferFolder || !outputSpeaks))) return [];
        var heard = output.Hear(numbers, seconds);
        Learn(output.Length);
        outputSpeaks |= heard is HeardStep;
        return heard is null ? [] : Take(heard);
    }

    /// <summary>Looks at the trainer's files; to be called several times a second.</summary>
    /// <param name="seconds">Since the run began.</param>
    /// <param name="last">Nothing more will come.</param>
    /// <returns>Incidents that they give rise to; mostly none.</returns>
    public IReadOnlyList<Incident> Look(double seconds, bool last = false)
    {
        metrics.Flush();
        if (monitor is not null) Declare();
        List<Incident>? found = null;
        if (metrics.Foreign is { } from)
        {
            tail ??= new(run.MetricsPath, from);
            try
            {
                foreach (var heard in tail.ReadNew())
                    if (heard is not HeardStep { Metrics: var step } || output.Take(step)) Add(Take(heard));
            }
            catch (IOException)
            {
                // Gone for a moment; the next look tells.
            }
        }
        else if (folder is not null && (preferFolder || !outputSpeaks))
        {
            foreach (var numbers in folder.ReadNew(last))
            {
                if (output.Hear(numbers, seconds) is not { } heard) continue;
                folderSpeaks |= heard is HeardStep;
                Add(Take(heard));
            }
        }
        if (steward is { Waits: true })
        {
            Add(Write(steward.Hear()));
            Tell();
        }
        return found ?? (IReadOnlyList<Incident>)[];

        void Add(IReadOnlyList<Incident> some)
        {
            if (some.Count > 0) (found ??= []).AddRange(some);
        }
    }

    /// <summary>Nothing was heard for a while.</summary>
    /// <param name="seconds">Since the last step, or since the start.</param>
    /// <param name="evidence">What else is known of the silence, by name.</param>
    /// <returns>What that means; mostly nothing.</returns>
    public IReadOnlyList<Incident> Idle(double seconds, IReadOnlyDictionary<string, double> evidence)
    {
        var incidents = Monitor.Idle(seconds);
        return incidents.Count == 0 ? incidents : Write(Steer([.. incidents.Select(incident => incident with { Evidence = incident.Evidence.Concat(evidence).DistinctBy(pair => pair.Key).ToDictionary() })]));
    }

    /// <summary>The command has crashed and is started again.</summary>
    /// <param name="exitCode">Of the process that ended.</param>
    public IReadOnlyList<Incident> Restarted(int exitCode)
    {
        output.Restarted();
        return Write(Steer(Monitor.Restarted(exitCode)));
    }

    /// <summary>Writes down an incident that was seen elsewhere.</summary>
    public void Raise(Incident incident) => Write([incident]);

    /// <summary>Weighs a language model's advice about an incident; what is taken is carried out like the policy's own.</summary>
    /// <param name="advice">From the model; nothing in it is trusted.</param>
    /// <param name="incident">What it is about, with the action that was taken.</param>
    /// <param name="source">Who gave it.</param>
    /// <returns><c>taken: ...</c>, <c>noted: ...</c> or <c>refused: ...</c>.</returns>
    public string Advise(Advice advice, Incident incident, string source)
    {
        if (steward is null) return "noted: this watch only observes";
        var outcome = steward.Advise(advice, incident, source);
        Tell();
        return outcome.Words;
    }

    /// <summary>What was demanded has been done.</summary>
    public void Obeyed()
    {
        steward?.Obeyed();
        Tell();
    }

    /// <summary>The trainer has ended: what is on probation is judged by what was heard.</summary>
    public void Close()
    {
        steward?.Close();
        Tell();
    }

    /// <inheritdoc/>
    public void Dispose() => metrics.Dispose();

    private Monitoring.Monitor Begin()
    {
        Declare();
        // The list is filled when the trainer declares more.
        var known = options with { Steps = length, Capabilities = capabilities };
        if (options.Policy != MonitorPolicy.Act) return new(known);
        steward = new(run, new() { Steps = length, AnswerWithin = AnswerWithin });
        interventions = Intervention.ReadAll(run.InterventionsPath).Count;
        return new(known with { Tries = steward.TriesOf, RateScale = steward.RateScaleAt });
    }

    private void Declare()
    {
        if (!File.Exists(run.StatusPath) || RunStatus.Load(run.StatusPath) is not { } status) return;
        capabilities.Clear();
        capabilities.AddRange(status.Capabilities);
        Learn(status.Steps);
    }

    private IReadOnlyList<Incident> Steer(IReadOnlyList<Incident> incidents)
    {
        if (steward is null || Last is not { } step || incidents.Count == 0) return incidents;
        return Steered(steward.Take(step, incidents));
    }

    private IReadOnlyList<Incident> Steered(IReadOnlyList<Incident> incidents)
    {
        Tell();
        return incidents;
    }

    // What the steward has written down since.
    private void Tell()
    {
        if (steward is null) return;
        foreach (var one in Intervention.ReadAll(run.InterventionsPath).Skip(interventions))
        {
            interventions++;
            events?.Report(InterventionTold.Of(one));
        }
    }

    private IReadOnlyList<Incident> Take(HeardOutput heard)
    {
        if (heard is HeardMeasurement measured)
        {
            var raised = Monitor.Measure(measured.Step, measured.Numbers);
            events?.Report(new MeasurementHeard(measured.Step, measured.Numbers));
            return Write(Steer(raised));
        }
        var step = ((HeardStep)heard).Metrics;
        if (step.RssMb is null && RssMb is { } memory) step = step with { RssMb = memory };
        Last = step;
        metrics.Write(step);
        var incidents = Monitor.Observe(step);
        events?.Report(new StepHeard(step, Monitor.Band));
        if (steward is null) return Write(incidents);
        var (before, taken) = (steward.Current, steward.Take(step, incidents));
        if (!ReferenceEquals(before, steward.Current) || taken.Count > 0) Tell();
        return Write(taken);
    }

    private void Learn(int steps)
    {
        if (steps == 0 || steps == length || options.Steps > 0) return;
        length = steps;
        events?.Report(new LengthKnown(steps));
    }

    private IReadOnlyList<Incident> Write(IReadOnlyList<Incident> incidents)
    {
        foreach (var incident in incidents)
        {
            try
            {
                incident.AppendTo(run.IncidentsPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                if (!warned) Warn($"incidents.jsonl cannot be written, the watch goes on without: {e.Message}");
                warned = true;
            }
            events?.Report(new IncidentRaised(incident));
        }
        return incidents;
    }

    private void Warn(string text) => events?.Report(new WatchNotice(text));
}

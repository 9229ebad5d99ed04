using System.Diagnostics;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;

namespace Anneal.Lab.Live;

/// <summary>Where a running study stands, gathered from its events. Events come from several threads; readers hold <see cref="Gate"/>.</summary>
/// <param name="limits">What the study may spend.</param>
/// <param name="secondsBefore">Wall-clock seconds of earlier sittings.</param>
public sealed class StudyBoard(StudyBudget limits, double secondsBefore)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private readonly SortedDictionary<string, RunInFlight> _running = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, TrialInFlight> _trials = [];
    private readonly List<ExperimentRecord> _judged = [];
    private readonly List<double> _baseline = [];

    /// <summary>Taken by <see cref="Add"/>, and by whoever reads more than one property.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Part of the study; null before the first event.</summary>
    public StudyPhase? Phase { get; private set; }

    /// <summary>What the part is about, in a sentence.</summary>
    public string Detail { get; private set; } = "Opening the lab.";

    /// <summary>It waits for a proposal from outside.</summary>
    public bool Waits { get; private set; }

    /// <summary>Runs that train now, by id.</summary>
    public IEnumerable<RunInFlight> Running => _running.Values;

    /// <summary>Experiments without a verdict, in order.</summary>
    public IEnumerable<TrialInFlight> Trials => _trials.Values;

    /// <summary>Experiments with a verdict, in the order of the verdicts.</summary>
    public IReadOnlyList<ExperimentRecord> Judged => _judged;

    /// <summary>Runs that have ended.</summary>
    public int Finished { get; private set; }

    /// <summary>Incidents so far.</summary>
    public int Incidents { get; private set; }

    /// <summary>What the study may spend.</summary>
    public StudyBudget Limits => limits;

    /// <summary>Counted FLOPs of the runs that have ended.</summary>
    public double Flops { get; private set; }

    /// <summary>Calls to language models that were answered in this sitting.</summary>
    public int Calls { get; private set; }

    /// <summary>Dollars spent on them, over all sittings.</summary>
    public double Usd { get; private set; }

    /// <summary>Share of what was read that came from a cache, 0 to 1.</summary>
    public double CacheShare { get; private set; }

    /// <summary>Model that answered last; null before the first answer.</summary>
    public string? Asked { get; private set; }

    /// <summary>What a model will probably cost; null where none is paid.</summary>
    public StudyEstimate? Estimate { get; private set; }

    /// <summary>Why the model is away, in a sentence; null while it proposes.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Wall-clock seconds over all sittings.</summary>
    public double Seconds => secondsBefore + _clock.Elapsed.TotalSeconds;

    /// <summary>Share of the tightest limit that is used up, 0 to 1; 0 where there is none.</summary>
    public double Share => Math.Clamp(Math.Max(Of(Flops, limits.Flops), Math.Max(Of(Seconds, limits.Seconds), (double)_judged.Count / Math.Max(1, limits.Experiments))), 0, 1);

    /// <summary>Why no further experiment is proposed; null while there may be more.</summary>
    public string? Ending { get; private set; }

    /// <summary>Mean objective of the baseline's seeds so far; null before the first.</summary>
    public double? Baseline => _baseline.Count == 0 ? null : _baseline.Average();

    /// <summary>Effects of all adopted changes, added up.</summary>
    public double Gained => _judged.Where(experiment => experiment.Adopted).Sum(experiment => experiment.Effect ?? 0);

    private static double Of(double spent, double? limit) => limit is > 0 and var most ? spent / most : 0;

    /// <summary>Takes in what happened.</summary>
    public void Add(StudyEvent happened)
    {
        lock (Gate)
        {
            switch (happened)
            {
                case PhaseStarted phase:
                    (Phase, Detail) = (phase.Phase, phase.Detail);
                    break;
                case CorpusProgressed corpus:
                    Detail = corpus.Message;
                    break;
                case ExperimentProposed proposed:
                    Waits = false;
                    if (proposed.Proposal.InsteadOf is null) Trouble = null;
                    _trials[proposed.Experiment] = new TrialInFlight(proposed.Experiment, proposed.Proposal);
                    break;
                case ModelCalled called:
                    Calls++;
                    Usd = called.SpentUsd;
                    CacheShare = called.CacheHitShare;
                    Asked = called.Model;
                    break;
                case ModelFaltered or ResearcherAbsent or ModelUnused:
                    Trouble = StudyWords.Of(happened);
                    break;
                case CostEstimated told:
                    Estimate = told.Estimate;
                    break;
                case ProposalAwaited awaited:
                    (Detail, Waits) = (awaited.Detail, true);
                    break;
                case RunStarted started:
                    _running[started.Run] = new RunInFlight(started);
                    break;
                case RunProgressed progressed when _running.TryGetValue(progressed.Run, out var run):
                    run.Advance(progressed);
                    break;
                case RunFinished finished:
                    _running.Remove(finished.Run.Id);
                    Finished++;
                    Flops += finished.Run.Flops;
                    if (finished.Run is { Role: RunRole.Baseline, Rung: 1, Value: { } value })
                        _baseline.Add(value);
                    break;
                case RungScreened screened when _trials.TryGetValue(screened.Experiment, out var trial):
                    trial.Rungs.Add(screened.Screen);
                    break;
                case PairJudged judged when _trials.TryGetValue(judged.Experiment, out var trial):
                    trial.State = judged.State;
                    trial.Pairs++;
                    break;
                case VerdictGiven verdict:
                    _trials.Remove(verdict.Experiment.Id);
                    _judged.Add(verdict.Experiment);
                    break;
                case IncidentSeen:
                    Incidents++;
                    break;
                case ProposalsEnded ended:
                    Ending = ended.Reason;
                    break;
                case SealOpened or StudyEnded:
                    _running.Clear();
                    break;
            }
        }
    }
}

using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Lab.Research;

namespace Anneal.Lab;

/// <summary>Something that happened in a running study, for those who watch. On resume, what the ledger holds is told again first.</summary>
public abstract record StudyEvent;

/// <summary>A part of the study began.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Detail">What it is about, in a sentence.</param>
public sealed record PhaseStarted(StudyPhase Phase, string Detail) : StudyEvent;

/// <summary>Parts of a study, in order.</summary>
public enum StudyPhase
{
    /// <summary>Text becomes shards.</summary>
    Corpus,

    /// <summary>The baseline over seeds, null pairs and nudge pairs.</summary>
    Noise,

    /// <summary>Propose, screen, confirm, judge.</summary>
    Experiments,

    /// <summary>Baseline and champion on the test split.</summary>
    Seal,

    /// <summary>Report files.</summary>
    Report,
}

/// <summary>A word about the preparation of the corpus or the tokenizer.</summary>
/// <param name="Message">In a sentence.</param>
public sealed record CorpusProgressed(string Message) : StudyEvent;

/// <summary>The researcher proposed an experiment.</summary>
/// <param name="Experiment">From 1.</param>
/// <param name="Proposal">What and why.</param>
public sealed record ExperimentProposed(int Experiment, Proposal Proposal) : StudyEvent;

/// <summary>What the language model will probably cost; told before its first call.</summary>
/// <param name="Estimate">Dollars and tokens.</param>
public sealed record CostEstimated(StudyEstimate Estimate) : StudyEvent;

/// <summary>A researcher gave no proposal when it was its turn; another stands in and the study goes on.</summary>
/// <param name="Experiment">Number of the proposal.</param>
/// <param name="Source">Whose turn it was: <c>model</c>.</param>
/// <param name="Reason">Why there was none, in a sentence.</param>
public sealed record ResearcherAbsent(int Experiment, string Source, string Reason) : StudyEvent;

/// <summary>The study waits for a proposal from outside.</summary>
/// <param name="Experiment">Number that it would have.</param>
/// <param name="Detail">Where it is waited for, in a sentence.</param>
public sealed record ProposalAwaited(int Experiment, string Detail) : StudyEvent;

/// <summary>A language model answered.</summary>
/// <param name="Conversation">For what: <c>proposal/3</c>.</param>
/// <param name="Model">Which.</param>
/// <param name="Usage">Billed tokens.</param>
/// <param name="Usd">Dollars of this call.</param>
/// <param name="SpentUsd">Dollars so far, over all sittings.</param>
/// <param name="CacheHitShare">Share of the tokens read that came from a cache, 0 to 1.</param>
public sealed record ModelCalled(string Conversation, string Model, ModelUsage Usage, double Usd, double SpentUsd, double CacheHitShare) : StudyEvent;

/// <summary>A language model gave no answer.</summary>
/// <param name="Conversation">For what.</param>
/// <param name="Model">Which.</param>
/// <param name="Failure">What kind of no.</param>
/// <param name="Problem">Why, in a sentence.</param>
/// <param name="AsksAgainIn">Until it is asked again; null: it is not.</param>
public sealed record ModelFaltered(string Conversation, string Model, ModelFailure Failure, string Problem, TimeSpan? AsksAgainIn) : StudyEvent;

/// <summary>Answers of a recording were used though the questions were not the recorded ones: what follows need not be the recorded study.</summary>
/// <param name="Conversation">Conversation: <c>proposal/3</c>.</param>
/// <param name="Answers">How many.</param>
public sealed record ReplayDrifted(string Conversation, int Answers) : StudyEvent;

/// <summary>A run started.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Experiment">Experiment, or null.</param>
/// <param name="Role">Why it is made.</param>
/// <param name="Pair">Pair index.</param>
/// <param name="Rung">Fraction of a full run.</param>
/// <param name="Steps">Steps it will take.</param>
public sealed record RunStarted(string Run, int? Experiment, RunRole Role, int Pair, double Rung, int Steps) : StudyEvent;

/// <summary>A run went on.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Point">Train loss lately.</param>
public sealed record RunProgressed(string Run, int Step, CurvePoint Point) : StudyEvent;

/// <summary>A run ended and was evaluated, or failed.</summary>
/// <param name="Run">As the ledger holds it.</param>
public sealed record RunFinished(RunRecord Run) : StudyEvent;

/// <summary>The monitor or the lab saw something go wrong.</summary>
/// <param name="Incident">As the ledger holds it.</param>
public sealed record IncidentSeen(IncidentRecord Incident) : StudyEvent;

/// <summary>A language model gave a second opinion on an incident; nothing was done because of it.</summary>
/// <param name="Diagnosis">As the ledger holds it.</param>
public sealed record DiagnosisGiven(DiagnosisRecord Diagnosis) : StudyEvent;

/// <summary>An experiment passed or failed a screening rung.</summary>
/// <param name="Experiment">Experiment.</param>
/// <param name="Screen">What was measured and decided.</param>
public sealed record RungScreened(int Experiment, ScreenRecord Screen) : StudyEvent;

/// <summary>The gate judged an experiment after another pair.</summary>
/// <param name="Experiment">Experiment.</param>
/// <param name="Pair">The pair.</param>
/// <param name="State">E-value, bar, effect, interval, decision.</param>
public sealed record PairJudged(int Experiment, PairRecord Pair, GateState State) : StudyEvent;

/// <summary>An experiment has its verdict.</summary>
/// <param name="Experiment">As the ledger holds it.</param>
public sealed record VerdictGiven(ExperimentRecord Experiment) : StudyEvent;

/// <summary>A confirmed change was adopted.</summary>
/// <param name="Experiment">Experiment that changed it.</param>
/// <param name="Recipe">New champion (YAML).</param>
public sealed record ChampionChanged(int Experiment, string Recipe) : StudyEvent;

/// <summary>A language model could be asked in this study, and is not.</summary>
/// <param name="Reason">Why, and how it could be, in a sentence.</param>
public sealed record ModelUnused(string Reason) : StudyEvent;

/// <summary>No further experiment is proposed.</summary>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record ProposalsEnded(string Reason) : StudyEvent;

/// <summary>The sealed comparison was made.</summary>
/// <param name="Seal">What it showed.</param>
public sealed record SealOpened(SealedRecord Seal) : StudyEvent;

/// <summary>The adopted edits of a repository were brought into it as a branch, or could not be.</summary>
/// <param name="Branch">Branch.</param>
/// <param name="Commit">Its newest commit.</param>
/// <param name="Problem">Why the branch was left alone; null where it was written.</param>
public sealed record BranchWritten(string Branch, string Commit, string? Problem) : StudyEvent;

/// <summary>The study ended, or was interrupted with its state saved.</summary>
/// <param name="Study">As the ledger holds it.</param>
/// <param name="Reason">Why it stopped, in a sentence.</param>
public sealed record StudyEnded(StudyRecord Study, string Reason) : StudyEvent;

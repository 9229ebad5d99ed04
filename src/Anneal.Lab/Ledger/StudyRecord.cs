namespace Anneal.Lab.Ledger;

/// <summary>All of a study that a report or a researcher needs; read from the ledger.</summary>
public sealed record StudyRecord
{
    /// <summary>The study as it was started.</summary>
    public required StudySpec Spec { get; init; }

    /// <summary>Resolved baseline recipe (YAML).</summary>
    public required string Baseline { get; init; }

    /// <summary>Champion of the moment (YAML).</summary>
    public required string Champion { get; init; }

    /// <summary><c>running</c>, <c>interrupted</c>, <c>done</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Baseline against another initialisation.</summary>
    public IReadOnlyList<PairRecord> NullPairs { get; init; } = [];

    /// <summary>Baseline against the learning rate times 1.0001.</summary>
    public IReadOnlyList<PairRecord> NudgePairs { get; init; } = [];

    /// <summary>Experiments in order.</summary>
    public IReadOnlyList<ExperimentRecord> Experiments { get; init; } = [];

    /// <summary>Runs in order of completion.</summary>
    public IReadOnlyList<RunRecord> Runs { get; init; } = [];

    /// <summary>Incidents in order.</summary>
    public IReadOnlyList<IncidentRecord> Incidents { get; init; } = [];

    /// <summary>Second opinions of language models on incidents, in order.</summary>
    public IReadOnlyList<DiagnosisRecord> Diagnoses { get; init; } = [];

    /// <summary>Proposals that never became experiments, and code that tried to win without learning, in order.</summary>
    public IReadOnlyList<RefusalRecord> Refusals { get; init; } = [];

    /// <summary>The sealed comparison, once made.</summary>
    public SealedRecord? Sealed { get; init; }

    /// <summary>Openings of sealed splits across the lab, this one included.</summary>
    public int SealedOpenings { get; init; }

    /// <summary>FLOPs of completed runs.</summary>
    public double FlopsSpent { get; init; }

    /// <summary>Wall-clock seconds over all sittings.</summary>
    public double SecondsSpent { get; init; }

    /// <summary>Who really proposed: <c>embedded</c>, <c>claude (MODEL)</c>, <c>replay of MODEL</c>. A model that never answered is not named as if it had.</summary>
    public string Researcher { get; init; } = "embedded";

    /// <summary>Calls to language models.</summary>
    public CallSummary Calls { get; init; } = new();

    /// <summary>Dollars of all calls; one lost in flight at its reservation.</summary>
    public double UsdSpent => Calls.Usd;

    /// <summary>What the study ran on and with: host, cores, instruction set, runtime, corpus and tokenizer hashes, commit.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();
}

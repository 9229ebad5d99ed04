using Anneal.Lab.Evidence;
using Anneal.Lab.Research;
using Anneal.Lab.Subjects;
using Anneal.Runs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>All of a study, as the ledger holds it now; while it runs, too.</summary>
    /// <param name="name">Study.</param>
    /// <exception cref="InputException">No such study: the message names the nearest.</exception>
    public StudyRecord ReadStudy(string name)
    {
        var (spec, baseline, provenance) = FindStudy(name) ?? throw NoStudy(name);
        return Read(db =>
        {
            // One snapshot, though a study may be writing.
            using var snapshot = db.BeginTransaction(deferred: true);
            var runs = db.Query<RunRow>($"{RunRow.Select} WHERE study = @name ORDER BY sequence", new { name }).Select(row => row.ToRecord()).ToList();
            var pairs = ReadPairs(db, name);
            var status = ReadStatus(db, name);
            var experiments = ReadExperiments(db, name, runs, pairs, status, spec.Subject);
            var champion = db.QueryFirstOrDefault<string>("SELECT champion FROM verdicts WHERE study = @name ORDER BY experiment DESC LIMIT 1", new { name });
            var (seconds, usd) = db.QueryFirstOrDefault<(double?, double?)>("SELECT allowed, usd FROM sittings WHERE study = @name ORDER BY id DESC LIMIT 1", new { name });
            return new StudyRecord
            {
                Spec = spec with { Budget = spec.Budget with { Seconds = seconds, Usd = usd } },
                Baseline = baseline,
                Champion = champion ?? baseline,
                Status = status,
                NullPairs = Of(PairKind.Null),
                NudgePairs = Of(PairKind.Nudge),
                Experiments = experiments,
                Runs = runs,
                Incidents = ReadIncidents(db, name),
                Diagnoses = ReadDiagnoses(db, name),
                Refusals = ReadRefusals(db, name),
                Sealed = ReadSeal(db, name, Of(PairKind.Sealed)),
                SealedOpenings = (int)db.ExecuteScalar<long>("SELECT COUNT(*) FROM openings WHERE metric LIKE 'test/%'"),
                FlopsSpent = runs.Sum(run => run.Flops),
                SecondsSpent = db.ExecuteScalar<double?>("SELECT SUM(seconds) FROM sittings WHERE study = @name", new { name }) ?? 0,
                Researcher = ReadResearcher(db, name, spec.Researcher),
                Calls = ReadCalls(db, name),
                Provenance = provenance,
            };

            List<PairRecord> Of(PairKind kind) => pairs.GetValueOrDefault((kind.ToString(), 0), []);
        });
    }

    private InputException NoStudy(string name)
    {
        var known = ListStudies();
        return new InputException(Path, known.Count == 0
            ? $"holds no study '{name}', nor any other. Start one: `anneal study run STUDY.yaml`."
            : $"holds no study '{name}'; {NearestWord.Hint(name, known)}");
    }

    private static Dictionary<(string Kind, int Experiment), List<PairRecord>> ReadPairs(SqliteConnection db, string study) => db
        .Query("SELECT kind, experiment, number, control, treatment, control_run, treatment_run FROM pairs WHERE study = @study ORDER BY number", new { study })
        .GroupBy(row => ((string)row.kind, (int)(long)row.experiment))
        .ToDictionary(group => group.Key, group => group.Select(row => new PairRecord((int)(long)row.number, (double)row.control, (double)row.treatment, (string)row.control_run, (string)row.treatment_run)).ToList());

    private static List<ExperimentRecord> ReadExperiments(SqliteConnection db, string study, List<RunRecord> runs, Dictionary<(string, int), List<PairRecord>> pairs, string status, SubjectSpec? subject)
    {
        var screens = db.Query("SELECT * FROM screens WHERE study = @study ORDER BY rung", new { study })
            .ToLookup(row => (int)(long)row.experiment, row => new ScreenRecord(
                (double)row.fraction, (double?)row.control, (double?)row.treatment, (double)row.extrapolated, (double)row.extrapolated_sd, (string)row.decision, (string)row.reason));
        var verdicts = db.Query("SELECT * FROM verdicts WHERE study = @study", new { study }).ToDictionary(row => (int)(long)row.experiment);
        var byExperiment = runs.ToLookup(run => run.Experiment);
        return [.. db.Query("SELECT number, identity, proposal, control, treatment FROM proposals WHERE study = @study AND proposal IS NOT NULL ORDER BY number", new { study }).Select(row =>
        {
            var id = (int)(long)row.number;
            var verdict = verdicts.GetValueOrDefault(id);
            var grade = verdict is null ? (Verdict?)null : Enum.Parse<Verdict>((string)verdict.verdict);
            return new ExperimentRecord
            {
                Id = id,
                Identity = (string)row.identity,
                Proposal = FromJson<Proposal>((string)row.proposal),
                Status = grade switch
                {
                    Verdict.Invalid => "failed",
                    not null => "done",
                    null when status is "done" or "failed" => "cancelled",
                    null => byExperiment[id].Any() ? "running" : "queued",
                },
                Verdict = grade,
                Grade = subject is { Measured: false } ? EvidenceGrade.SelfReported : EvidenceGrade.Measured,
                // The champion after the verdict is the change itself.
                Adopted = subject is not null && verdict is not null && (string)verdict.champion == (string)verdict.treatment && (string)verdict.treatment != (string)verdict.control,
                Reason = (string?)verdict?.reason,
                Screens = [.. screens[id]],
                Pairs = pairs.GetValueOrDefault((nameof(PairKind.Confirm), id), []),
                Effect = (double?)verdict?.effect,
                Interval = verdict?.low is null ? null : ((double)verdict.low, (double)verdict.high),
                Evidence = verdict?.e_value is null ? null : ((double)verdict.e_value, (double)verdict.bar),
                Flops = byExperiment[id].Sum(run => run.Flops),
                Seconds = byExperiment[id].Sum(run => run.Seconds),
                ControlRecipe = (string)(verdict?.control ?? row.control),
                TreatmentRecipe = (string)(verdict?.treatment ?? row.treatment),
            };
        })];
    }

    /// <summary>What went wrong in a run, in order.</summary>
    /// <param name="study">Study.</param>
    /// <param name="run">Run id.</param>
    public IReadOnlyList<IncidentRecord> ReadIncidents(string study, string run) => Read(db => ReadIncidents(db, study, run));

    /// <summary>What went wrong in a study, in order.</summary>
    /// <param name="study">Study.</param>
    public IReadOnlyList<IncidentRecord> ReadIncidents(string study) => Read(db => ReadIncidents(db, study));

    private static List<IncidentRecord> ReadIncidents(SqliteConnection db, string study, string? run = null) => [.. db
        .Query("SELECT * FROM incidents WHERE study = @study AND (@run IS NULL OR run = @run) ORDER BY id", new { study, run })
        .Select(row => new IncidentRecord((string)row.run, (int?)(long?)row.experiment, (int)(long)row.step, (string)row.severity, (string)row.action, (string)row.detector, (string)row.cause, (string)row.message))];

    private static SealedRecord? ReadSeal(SqliteConnection db, string study, List<PairRecord> pairs)
    {
        var row = db.QuerySingleOrDefault("SELECT metric, effect, low, high FROM openings JOIN seals USING (study) WHERE study = @study", new { study });
        return row is null ? null : new SealedRecord((string)row.metric, pairs, (double)row.effect, (double)row.low, (double)row.high);
    }

    private string ReadStatus(SqliteConnection db, string study)
    {
        var outcome = db.QueryFirstOrDefault<(string?, long)?>("SELECT outcome, epoch FROM sittings WHERE study = @study ORDER BY id DESC LIMIT 1", new { study });
        return outcome switch
        {
            ({ } ended, _) => ended,
            (null, var epoch) when Holder() is { IsAlive: true } holder && holder.Epoch == epoch => "running",
            _ => "interrupted",
        };
    }
}

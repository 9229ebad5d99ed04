using Anneal.Lab.Execution;
using Anneal.Runs.Evaluation;
using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>A finished run by its job, or null. What is in the ledger is never run again.</summary>
    /// <param name="study">Study.</param>
    /// <param name="job">What the run is for, unique within the study.</param>
    public RunRecord? FindRun(string study, string job) => Read(db =>
        db.QuerySingleOrDefault<RunRow>($"{RunRow.Select} WHERE study = @study AND job = @job", new { study, job })?.ToRecord());

    /// <summary>An experiment's finished runs of one kind, in order.</summary>
    /// <param name="study">Study.</param>
    /// <param name="experiment">Experiment, from 1.</param>
    /// <param name="role">Why they were made.</param>
    public IReadOnlyList<RunRecord> FindRuns(string study, int experiment, RunRole role) => Read(db =>
        db.Query<RunRow>($"{RunRow.Select} WHERE study = @study AND experiment = @experiment AND role = @role ORDER BY sequence", new { study, experiment, role = role.ToString() })
            .Select(row => row.ToRecord()).ToList());

    /// <summary>Records a finished run with all that came of it, in one transaction.</summary>
    /// <param name="job">What the run is for, unique within the study.</param>
    /// <param name="run">The run, complete.</param>
    /// <param name="evaluation">What the evaluator measured; null for a failed run.</param>
    /// <param name="incidents">What went wrong on the way.</param>
    public void AddRun(string job, RunRecord run, EvaluationResult? evaluation, IReadOnlyList<IncidentRecord> incidents) => Write(db =>
    {
        connection.Execute(
            """
            INSERT INTO runs (id, study, job, experiment, role, pair, rung, recipe, recipe_hash, seed, order_seed, status, split, value, steps, tokens, flops, seconds, parameters, curve, finished)
            VALUES (@Id, @Study, @job, @Experiment, @role, @Pair, @Rung, @Recipe, @RecipeHash, @Seed, @OrderSeed, @Status, @Split, @Value, @Steps, @Tokens, @Flops, @Seconds, @Parameters, @curve, @now)
            """,
            new
            {
                job,
                run.Id,
                run.Study,
                run.Experiment,
                role = run.Role.ToString(),
                run.Pair,
                run.Rung,
                run.Recipe,
                run.RecipeHash,
                run.Seed,
                run.OrderSeed,
                run.Status,
                run.Split,
                run.Value,
                run.Steps,
                run.Tokens,
                run.Flops,
                run.Seconds,
                run.Parameters,
                curve = ToJson(run.Curve),
                now = Now(),
            });
        if (evaluation is not null)
            connection.Execute(
                "INSERT INTO evaluations (run, split, loss, bpb, tokens, bytes, documents, domains) VALUES (@Id, @Split, @Loss, @Bpb, @Tokens, @Bytes, @documents, @domains)",
                new
                {
                    run.Id,
                    run.Split,
                    evaluation.Loss,
                    evaluation.Bpb,
                    evaluation.Tokens,
                    evaluation.Bytes,
                    documents = ToJson(evaluation.DocumentBpb),
                    domains = ToJson(evaluation.ByDomain),
                });
        foreach (var incident in incidents) Insert(run.Study, incident);
        return true;
    });

    /// <summary>Records what the monitor or the lab saw while a run is still under way.</summary>
    /// <param name="study">Study.</param>
    /// <param name="incident">What was seen.</param>
    public void AddIncident(string study, IncidentRecord incident) => Write(_ => Insert(study, incident));

    /// <summary>Records that a child process is about to be started.</summary>
    /// <param name="run">Run id.</param>
    /// <returns>The attempt's number, for <see cref="NameAttempt"/> and <see cref="EndAttempt"/>.</returns>
    public long BeginAttempt(string run) => Write(db => db.QuerySingle<long>(
        "INSERT INTO attempts (run, epoch, host, started) VALUES (@run, @epoch, @host, @now) RETURNING id",
        new { run, epoch = lease!.Epoch, host = Environment.MachineName, now = Now() }));

    /// <summary>Records which process it is.</summary>
    /// <param name="attempt">From <see cref="BeginAttempt"/>.</param>
    /// <param name="child">The process.</param>
    public void NameAttempt(long attempt, ProcessIdentity child) =>
        Write("UPDATE attempts SET pid = @Pid, process_start = @Start WHERE id = @attempt", new { attempt, child.Pid, child.Start });

    /// <summary>Records that a child is gone.</summary>
    /// <param name="attempt">From <see cref="BeginAttempt"/>.</param>
    /// <param name="outcome">Exit code, or why it was ended.</param>
    public void EndAttempt(long attempt, string outcome) => Write("UPDATE attempts SET outcome = @outcome WHERE id = @attempt AND outcome IS NULL", new { attempt, outcome });

    /// <summary>Children of this machine that nobody has seen end: those of earlier sittings must be proved dead.</summary>
    public IReadOnlyList<OpenAttempt> ReadOpenAttempts() => Read(db => db
        .Query("SELECT id, run, pid, process_start, started FROM attempts WHERE outcome IS NULL AND host = @host ORDER BY id", new { host = Environment.MachineName })
        .Select(row => new OpenAttempt(
            (long)row.id,
            (string)row.run,
            row.pid is null ? null : new ProcessIdentity((int)(long)row.pid, (string)row.process_start),
            DateTime.Parse((string)row.started).ToUniversalTime()))
        .ToList());

    private int Insert(string study, IncidentRecord incident) => connection.Execute(
        """
        INSERT INTO incidents (study, run, experiment, step, severity, action, detector, cause, message, seen)
        VALUES (@study, @Run, @Experiment, @Step, @Severity, @Action, @Detector, @Cause, @Message, @now)
        """,
        new { study, incident.Run, incident.Experiment, incident.Step, incident.Severity, incident.Action, incident.Detector, incident.Cause, incident.Message, now = Now() });
}

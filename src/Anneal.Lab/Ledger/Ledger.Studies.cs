using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>Names of all studies, oldest first.</summary>
    public IReadOnlyList<string> ListStudies() => Read(db => db.Query<string>("SELECT name FROM studies ORDER BY created, name").ToList());

    /// <summary>Whether a study of that name was started.</summary>
    /// <param name="name">Study.</param>
    public bool HasStudy(string name) => Read(db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM studies WHERE name = @name", new { name })) > 0;

    /// <summary>A study as it was started: what was asked, and the baseline's resolved recipe (YAML).</summary>
    /// <param name="name">Study.</param>
    public (StudySpec Spec, string Baseline, IReadOnlyDictionary<string, string> Provenance)? FindStudy(string name) => Read(db =>
    {
        var row = db.QuerySingleOrDefault<(string Spec, string Baseline, string Provenance)?>("SELECT spec, baseline, provenance FROM studies WHERE name = @name", new { name });
        return row is { } found
            ? (FromJson<StudySpec>(found.Spec), found.Baseline, FromJson<Dictionary<string, string>>(found.Provenance))
            : ((StudySpec, string, IReadOnlyDictionary<string, string>)?)null;
    });

    /// <summary>Records a study at its start.</summary>
    /// <param name="spec">What is asked.</param>
    /// <param name="baseline">Resolved baseline recipe (YAML).</param>
    /// <param name="provenance">What it runs on and with.</param>
    public void AddStudy(StudySpec spec, string baseline, IReadOnlyDictionary<string, string> provenance) => Write(
        "INSERT INTO studies (name, spec, baseline, provenance, created) VALUES (@Study, @spec, @baseline, @provenance, @now)",
        new { spec.Study, spec = ToJson(spec), baseline, provenance = ToJson(provenance), now = Now() });

    /// <summary>Begins a sitting: a process works on the study from now on.</summary>
    /// <param name="study">Study.</param>
    /// <param name="allowed">Limit on the seconds of all sittings; null: none.</param>
    /// <param name="usd">Limit on the dollars of all sittings; null: none.</param>
    /// <returns>Its number, for <see cref="ExtendSitting"/>.</returns>
    public long BeginSitting(string study, double? allowed, double? usd = null) => Write(db => db.QuerySingle<long>(
        "INSERT INTO sittings (study, epoch, allowed, usd, started) VALUES (@study, @epoch, @allowed, @usd, @now) RETURNING id", new { study, epoch = lease!.Epoch, allowed, usd, now = Now() }));

    /// <summary>Notes how long a sitting has lasted, and its end.</summary>
    /// <param name="sitting">From <see cref="BeginSitting"/>.</param>
    /// <param name="seconds">Wall-clock seconds so far.</param>
    /// <param name="outcome"><c>done</c>, <c>interrupted</c> or <c>failed</c>; null while it lasts.</param>
    public void ExtendSitting(long sitting, double seconds, string? outcome = null) => Write(
        "UPDATE sittings SET seconds = @seconds, outcome = @outcome WHERE id = @sitting", new { sitting, seconds, outcome });

    /// <summary>Wall-clock seconds of a study over all of its sittings.</summary>
    /// <param name="study">Study.</param>
    public double SecondsSpent(string study) => Read(db => db.ExecuteScalar<double?>("SELECT SUM(seconds) FROM sittings WHERE study = @study", new { study }) ?? 0);

    /// <summary>FLOPs of a study's finished runs.</summary>
    /// <param name="study">Study.</param>
    public double FlopsSpent(string study) => Read(db => db.ExecuteScalar<double?>("SELECT SUM(flops) FROM runs WHERE study = @study", new { study }) ?? 0);
}

using Anneal.Runs;
using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    /// <summary>
    /// Opens the sealed split for a study, before the first look at it. Interrupted, the same opening goes on; another comparison is refused.
    /// </summary>
    /// <param name="study">Study.</param>
    /// <param name="metric">For example <c>test/bpb</c>.</param>
    /// <param name="baseline">Baseline recipe (YAML).</param>
    /// <param name="champion">Champion recipe (YAML).</param>
    /// <exception cref="InputException">The study opened it already, for another comparison.</exception>
    public void OpenSeal(string study, string metric, string baseline, string champion) => Write(db =>
    {
        var opened = connection.QuerySingleOrDefault<(string Baseline, string Champion, string Opened)?>(
            "SELECT baseline, champion, opened FROM openings WHERE study = @study", new { study });
        if (opened is { } before && (before.Baseline != baseline || before.Champion != champion))
            throw new InputException(Path, $"study '{study}' opened its sealed split at {before.Opened}, for another comparison; it is opened once. Start a study under another name.");
        if (opened is null)
            connection.Execute("INSERT INTO openings (study, metric, baseline, champion, opened) VALUES (@study, @metric, @baseline, @champion, @now)", new { study, metric, baseline, champion, now = Now() });
        return true;
    });

    /// <summary>How many experiments had their verdict when the sealed split was opened; null while it is closed.</summary>
    /// <param name="study">Study.</param>
    public int? DecidedBeforeSeal(string study) => (int?)Read(db => db.QuerySingleOrDefault<long?>(
        "SELECT (SELECT COUNT(*) FROM verdicts WHERE study = @study) FROM openings WHERE study = @study", new { study }));

    /// <summary>Records what the opening showed; the same again changes nothing.</summary>
    /// <param name="study">Study.</param>
    /// <param name="seal">The comparison.</param>
    public void CloseSeal(string study, SealedRecord seal) => Write(
        "INSERT OR IGNORE INTO seals (study, effect, low, high, closed) VALUES (@study, @Effect, @Low, @High, @now)",
        new { study, seal.Effect, seal.Low, seal.High, now = Now() });
}

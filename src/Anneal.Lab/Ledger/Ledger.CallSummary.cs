using Anneal.Lab.Providers;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    // A call without an answer was lost in flight, or is on its way: it counts at its reservation until it is known better.
    private static CallSummary ReadCalls(SqliteConnection db, string study) => db.QuerySingle<CallTotals>(
        """
        SELECT COUNT(*) AS Calls, TOTAL(outcome = 'answered') AS Answered, TOTAL(outcome IS NULL OR outcome = 'uncertain') AS Uncertain,
               TOTAL(outcome = 'answered' AND error IS NOT NULL) AS Drifted,
               TOTAL(input) AS Input, TOTAL(output) AS Output, TOTAL(cache_read) AS CacheRead, TOTAL(cache_write) AS CacheWrite,
               TOTAL(COALESCE(usd, reserved_usd)) AS Usd
        FROM calls LEFT JOIN answers ON answers.call = calls.id
        WHERE study = @study
        """, new { study }).ToSummary();

    // Models by what the calls say: a study that asked for a model and never heard from it is not that model's.
    private static string ReadResearcher(SqliteConnection db, string study, string chosen)
    {
        if (chosen is ResearcherChoice.Embedded or ResearcherChoice.Inbox) return chosen;
        var models = db.Query<(string Provider, string Model)>(
            "SELECT DISTINCT provider, json_extract(reply, '$.model') FROM calls JOIN answers ON answers.call = calls.id WHERE study = @study AND outcome = 'answered' ORDER BY 1, 2", new { study }).ToList();
        if (models.Count == 0) return $"embedded ({chosen} has not answered)";
        var names = string.Join(", ", models.Select(model => model.Model).Distinct());
        if (models.TrueForAll(model => model.Provider != "replay" && model.Model == Transcript.Scripted)) return names;
        return models.TrueForAll(model => model.Provider == "replay") ? $"replay of {names}" : $"{chosen} ({names})";
    }

    private sealed class CallTotals
    {
        public double Calls { get; set; }
        public double Answered { get; set; }
        public double Uncertain { get; set; }
        public double Drifted { get; set; }
        public double Input { get; set; }
        public double Output { get; set; }
        public double CacheRead { get; set; }
        public double CacheWrite { get; set; }
        public double Usd { get; set; }

        public CallSummary ToSummary() => new()
        {
            Calls = (int)Calls,
            Answered = (int)Answered,
            Uncertain = (int)Uncertain,
            Drifted = (int)Drifted,
            Input = (long)Input,
            Output = (long)Output,
            CacheRead = (long)CacheRead,
            CacheWrite = (long)CacheWrite,
            Usd = Usd,
        };
    }
}

using Anneal.Lab.Providers;
using Dapper;

namespace Anneal.Lab.Ledger;

public sealed partial class Ledger
{
    // A call without an answer is charged at its reservation.
    private const string CallsAndAnswers =
        """
        SELECT c.id, c.conversation, c.turn, c.provider, c.model, c.request_hash AS RequestHash, c.request, c.reserved_usd AS ReservedUsd, c.sent,
               a.outcome, a.reply, a.error, COALESCE(a.input, 0) AS Input, COALESCE(a.output, 0) AS Output,
               COALESCE(a.cache_read, 0) AS CacheRead, COALESCE(a.cache_write, 0) AS CacheWrite,
               COALESCE(a.usd, c.reserved_usd) AS Usd, COALESCE(a.seconds, 0) AS Seconds
        FROM calls c LEFT JOIN answers a ON a.call = c.id
        """;

    /// <summary>Records that a call is about to be sent.</summary>
    /// <param name="study">Study.</param>
    /// <param name="call">Conversation, turn, request and reservation; its number and outcome are not read.</param>
    /// <returns>Its number, for <see cref="AddAnswer"/>.</returns>
    public long AddCall(string study, CallRecord call) => Write(db => db.QuerySingle<long>(
        """
        INSERT INTO calls (study, conversation, turn, provider, model, request_hash, request, reserved_usd, sent)
        VALUES (@study, @Conversation, @Turn, @Provider, @Model, @RequestHash, @Request, @ReservedUsd, @now) RETURNING id
        """,
        new { study, call.Conversation, call.Turn, call.Provider, call.Model, call.RequestHash, call.Request, call.ReservedUsd, now = Now() }));

    /// <summary>Records what became of a call, before anything is made of it.</summary>
    /// <param name="call">From <see cref="AddCall"/>.</param>
    /// <param name="outcome"><c>answered</c>, <c>failed</c> or <c>uncertain</c>.</param>
    /// <param name="reply">The reply, JSON; null without one.</param>
    /// <param name="error">Why there is none.</param>
    /// <param name="usage">Billed tokens.</param>
    /// <param name="usd">Dollars charged.</param>
    /// <param name="seconds">Since it was sent.</param>
    public void AddAnswer(long call, string outcome, string? reply, string? error, ModelUsage usage, double usd, double seconds) => Write(
        """
        INSERT INTO answers (call, outcome, reply, error, input, output, cache_read, cache_write, usd, seconds, ended)
        VALUES (@call, @outcome, @reply, @error, @Input, @Output, @CacheRead, @CacheWrite, @usd, @seconds, @now)
        """,
        new { call, outcome, reply, error, usage.Input, usage.Output, usage.CacheRead, usage.CacheWrite, usd, seconds, now = Now() });

    /// <summary>The answered call of a turn, or null. What is in the ledger is never asked again.</summary>
    /// <param name="study">Study.</param>
    /// <param name="conversation">Conversation.</param>
    /// <param name="turn">Turn, from 0.</param>
    public CallRecord? FindAnswer(string study, string conversation, int turn) => Read(db => db
        .Query<CallRow>($"{CallsAndAnswers} WHERE c.study = @study AND c.conversation = @conversation AND c.turn = @turn AND a.outcome = 'answered' ORDER BY c.id LIMIT 1", new { study, conversation, turn })
        .Select(row => row.ToRecord()).FirstOrDefault());

    /// <summary>
    /// Closes the calls that an earlier sitting left under way: they were lost, and stay charged at their reservations.
    /// Only for who holds the lease, with nothing in flight.
    /// </summary>
    /// <param name="study">Study.</param>
    /// <returns>How many there were.</returns>
    public int LoseOpenCalls(string study) => Write(db => db.Execute(
        """
        INSERT INTO answers (call, outcome, error, input, output, cache_read, cache_write, usd, seconds, ended)
        SELECT id, 'uncertain', 'lost in flight: the process ended before the answer came', 0, 0, 0, 0, reserved_usd, 0, @now
        FROM calls WHERE study = @study AND id NOT IN (SELECT call FROM answers)
        """, new { study, now = Now() }));

    /// <summary>A study's calls in the order of sending.</summary>
    /// <param name="study">Study.</param>
    /// <param name="conversation">Only this conversation's; null: all.</param>
    public IReadOnlyList<CallRecord> ReadCalls(string study, string? conversation = null) => Read(db => db
        .Query<CallRow>($"{CallsAndAnswers} WHERE c.study = @study AND (@conversation IS NULL OR c.conversation = @conversation) ORDER BY c.id", new { study, conversation })
        .Select(row => row.ToRecord()).ToList());

    /// <summary>How many calls of a conversation were lost after they were sent.</summary>
    /// <param name="study">Study.</param>
    /// <param name="conversation">Conversation.</param>
    public int CountLostCalls(string study, string conversation) => Read(db => (int)db.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM calls JOIN answers ON answers.call = calls.id WHERE study = @study AND conversation = @conversation AND outcome = 'uncertain'", new { study, conversation }));

    /// <summary>Dollars of the conversations whose names begin alike; uncertain calls and those under way at their reservations.</summary>
    /// <param name="study">Study.</param>
    /// <param name="prefix">Beginning of the conversations' names: <c>diagnosis/</c>.</param>
    public double SpentUsd(string study, string prefix) => Read(db => db.ExecuteScalar<double>(
        "SELECT TOTAL(COALESCE(usd, reserved_usd)) FROM calls LEFT JOIN answers ON answers.call = calls.id WHERE study = @study AND substr(conversation, 1, length(@prefix)) = @prefix", new { study, prefix }));

    /// <summary>What a study's calls come to so far.</summary>
    /// <param name="study">Study.</param>
    public CallSummary ReadCallSummary(string study) => Read(db => ReadCalls(db, study));

    // As SQLite gives it: whole numbers are 64 bits.
    private sealed class CallRow
    {
        public long Id { get; set; }
        public string Conversation { get; set; } = "";
        public long Turn { get; set; }
        public string Provider { get; set; } = "";
        public string Model { get; set; } = "";
        public string RequestHash { get; set; } = "";
        public string Request { get; set; } = "";
        public double ReservedUsd { get; set; }
        public string Sent { get; set; } = "";
        public string? Outcome { get; set; }
        public string? Reply { get; set; }
        public string? Error { get; set; }
        public long Input { get; set; }
        public long Output { get; set; }
        public long CacheRead { get; set; }
        public long CacheWrite { get; set; }
        public double Usd { get; set; }
        public double Seconds { get; set; }

        public CallRecord ToRecord() => new()
        {
            Id = Id,
            Conversation = Conversation,
            Turn = (int)Turn,
            Provider = Provider,
            Model = Model,
            RequestHash = RequestHash,
            Request = Request,
            ReservedUsd = ReservedUsd,
            Sent = Sent,
            Outcome = Outcome,
            Reply = Reply,
            Error = Error,
            Usage = new ModelUsage(Input, Output, CacheRead, CacheWrite),
            Usd = Usd,
            Seconds = Seconds,
        };
    }
}

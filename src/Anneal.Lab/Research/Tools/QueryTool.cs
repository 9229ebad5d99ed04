using Anneal.Lab.Providers;
using Anneal.Runs;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>query_ledger</c>: one SELECT over <see cref="SeenTables"/>, bounded in rows, width and work (counted, not timed, so that a replay agrees).</summary>
internal static class QueryTool
{
    private const int MostRows = 100;
    private const int MostCell = 160;
    private const int MostLength = 20_000;

    // Steps of SQLite's machine: some seconds at worst.
    private const int StepsAtATime = 1000, MostSteps = 4000;
    private const long MostMemory = 256 << 20;

    // SQLite's action codes, and its numbers for a limit.
    private const int Read = 20, Select = 21, Function = 31, Recursive = 33, LimitLength = 0, LimitAttached = 7;

    private static readonly HashSet<string> functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "abs", "avg", "coalesce", "count", "group_concat", "ifnull", "iif", "instr", "length", "like", "lower", "ltrim", "max", "min", "nullif", "replace", "round", "rtrim", "substr",
        "substring", "sum", "total", "trim", "typeof", "upper", "row_number", "rank", "dense_rank", "lag", "lead", "first_value", "last_value", "ntile", "cume_dist", "percent_rank",
    };

    public static Tool QueryLedger(ProposalTask task) => new(
        new ToolSpec("query_ledger", $"One SELECT (SQLite 3.35) over what this study has recorded so far; at most {MostRows} rows. Effects and differences are champion minus change: positive is better. Tables:\n{SeenTables.Describe}", ToolSchema.Object(
            ("sql", ToolSchema.Text("The SELECT.", 4000)))),
        (input, _) => Task.FromResult(Query(input.Text("sql")!, task)));

    /// <summary>Runs a query.</summary>
    public static ToolAnswer Query(string sql, ProposalTask task)
    {
        using var db = SeenTables.Fill(task);
        string? forbidden = null;
        raw.sqlite3_limit(db.Handle, LimitLength, MostLength);
        raw.sqlite3_limit(db.Handle, LimitAttached, 0);
        raw.sqlite3_set_authorizer(db.Handle, (_, action, name, function, _, _) =>
        {
            if (action is Select or Read or Recursive || (action == Function && functions.Contains(function))) return raw.SQLITE_OK;
            forbidden ??= action == Function ? $"function `{function}` is not offered here; there are {string.Join(", ", functions.Order(StringComparer.Ordinal))}" : "only SELECT is offered here: nothing can be written, attached or set";
            return raw.SQLITE_DENY;
        }, null);
        if (raw.sqlite3_prepare_v2(db.Handle, sql, out var statement, out var rest) is not raw.SQLITE_OK)
            return Wrong(forbidden ?? Teach(raw.sqlite3_errmsg(db.Handle).utf8_to_string()));
        using (statement)
        {
            if (!string.IsNullOrWhiteSpace(rest.TrimEnd(';', ' ', '\n'))) return Wrong("one statement at a time, please");
            if (raw.sqlite3_column_count(statement) == 0) return Wrong("only SELECT is offered here: nothing can be written, attached or set");
            return Run(db, statement);
        }
    }

    private static ToolAnswer Run(SqliteConnection db, sqlite3_stmt statement)
    {
        var (steps, before) = (0, raw.sqlite3_memory_used());
        raw.sqlite3_progress_handler(db.Handle, StepsAtATime, _ => ++steps > MostSteps || raw.sqlite3_memory_used() - before > MostMemory ? 1 : 0, null);
        var columns = Enumerable.Range(0, raw.sqlite3_column_count(statement)).ToList();
        var rows = new List<string[]>();
        int code;
        while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW && rows.Count < MostRows)
            rows.Add([.. columns.Select(i => Cell(statement, i))]);
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
            return Wrong(code == raw.SQLITE_INTERRUPT ? $"the query does more than {StepsAtATime * MostSteps / 1_000_000} million steps; ask for less" : Teach(raw.sqlite3_errmsg(db.Handle).utf8_to_string()));
        var table = TextTable.Of(columns.Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string()), rows);
        return new ToolAnswer(Fence.Wrap("rows", code == raw.SQLITE_ROW ? $"{table}(the first {MostRows} rows)" : table));
    }

    private static string Cell(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => "",
        raw.SQLITE_FLOAT => TextTable.Number(raw.sqlite3_column_double(statement, column)),
        raw.SQLITE_BLOB => "(blob)",
        _ => TextTable.Line(raw.sqlite3_column_text(statement, column).utf8_to_string(), MostCell),
    };

    private static ToolAnswer Wrong(string why) => new($"Not run: {why}.", IsError: true);

    // `no such column: efect` and the like gain the word that was meant.
    private static string Teach(string message)
    {
        var word = message[(message.LastIndexOf(' ') + 1)..].Split('.')[^1];
        return !message.StartsWith("no such", StringComparison.Ordinal) ? message
            : NearestWord.Find(word, SeenTables.Words) is { } near ? $"{message}; did you mean `{near}`?"
            : $"{message}; the tables are\n{SeenTables.Describe}\n";
    }
}

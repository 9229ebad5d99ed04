using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anneal.Runs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anneal.Lab.Ledger;

/// <summary>
/// The lab's memory: one SQLite file, <c>lab.db</c>, append-only. Anyone may read; only the holder of the lease writes
/// (<see cref="TakeLease"/>), and every write is durable when the call returns. Safe for concurrent use within a process.
/// </summary>
public sealed partial class Ledger : IDisposable
{
    private const int SchemaVersion = 3;

    // SQLite's primary result codes.
    private const int Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26, ReadOnly = 8, IoError = 10;

    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private Lease? lease;
    private bool disposed;

    private Ledger(string directory, SqliteConnection connection)
    {
        Directory = directory;
        this.connection = connection;
    }

    /// <summary>The lab's folder.</summary>
    public string Directory { get; }

    /// <summary>The ledger's file.</summary>
    public string Path => System.IO.Path.Combine(Directory, "lab.db");

    /// <summary>Opens the lab in a folder; makes both if they are not there.</summary>
    /// <param name="directory">The lab's folder.</param>
    /// <exception cref="InputException">The folder cannot be written, or its ledger is damaged or of a newer Anneal.</exception>
    public static Ledger Open(string directory)
    {
        directory = System.IO.Path.GetFullPath(directory);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(directory, $"cannot make the lab folder: {e.Message} Choose another with --lab DIR.");
        }
        SQLitePCL.Batteries_V2.Init();
        var file = System.IO.Path.Combine(directory, "lab.db");
        var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            db.Open();
            db.Execute("PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
            Migrate(db, file);
            return new Ledger(directory, db);
        }
        catch (SqliteException e)
        {
            db.Dispose();
            throw Explain(e, file);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds a lab.</summary>
    /// <param name="directory">The lab's folder.</param>
    public static bool Exists(string directory) => File.Exists(System.IO.Path.Combine(directory, "lab.db"));

    /// <summary>Gives the lease back, if this ledger holds it, and closes the file.</summary>
    public void Dispose()
    {
        lease?.Dispose();
        lock (gate)
        {
            disposed = true;
            connection.Dispose();
        }
    }

    private static void Migrate(SqliteConnection db, string file)
    {
        if (Version() == SchemaVersion) return;
        Transact(db, () => Upgrade(db, file));

        long Version() => db.ExecuteScalar<long>("PRAGMA user_version");
    }

    private static int Upgrade(SqliteConnection db, string file)
    {
        var version = (int)db.ExecuteScalar<long>("PRAGMA user_version");
        if (version > SchemaVersion)
            throw new InputException(file, $"was written by a newer Anneal (schema {version}; this one knows {SchemaVersion}). Update Anneal, or choose another lab with --lab DIR.");
        for (var next = version + 1; next <= SchemaVersion; next++)
        {
            var name = $"{typeof(Ledger).Namespace}.Migrations.{next:000}.sql";
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
            db.Execute(new StreamReader(stream).ReadToEnd());
            db.Execute($"PRAGMA user_version = {next}");
        }
        return SchemaVersion;
    }

    // Every write: one immediate transaction, under the lease's epoch, on disk when it returns.
    private T Write<T>(Func<SqliteConnection, T> work)
    {
        lock (gate)
        {
            // A heartbeat may wait for the gate while the ledger is closed; Dapper would open the connection again.
            ObjectDisposedException.ThrowIf(disposed, this);
            try
            {
                return Transact(connection, () =>
                {
                    CheckEpoch();
                    return work(connection);
                });
            }
            catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or Full or CannotOpen or NotADatabase or ReadOnly or IoError)
            {
                throw Explain(e, Path);
            }
        }
    }

    // In plain SQL: SQLite rolls back by itself where the disk is full, and a SqliteTransaction that cannot do so a second
    // time throws, again on every later call, and hides why.
    private static T Transact<T>(SqliteConnection db, Func<T> work)
    {
        db.Execute("BEGIN IMMEDIATE");
        try
        {
            var result = work();
            db.Execute("COMMIT");
            return result;
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(db.Handle) == 0) db.Execute("ROLLBACK");
            throw;
        }
    }

    private void Write(string sql, object row) => Write(db => db.Execute(sql, row));

    private T Read<T>(Func<SqliteConnection, T> query)
    {
        lock (gate)
        {
            try
            {
                return query(connection);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase or IoError)
            {
                throw Explain(e, Path);
            }
        }
    }

    private static InputException Explain(SqliteException e, string file) => new(file, e.SqliteErrorCode switch
    {
        Full => "the disk is full. Nothing recorded is lost: free some space, then `anneal study resume`.",
        Corrupt or NotADatabase => $"is not a ledger that can be read ({e.Message}). Restore it from a copy, or choose another lab with --lab DIR.",
        CannotOpen or ReadOnly => $"cannot be written ({e.Message}). Check the folder's permissions, or choose another lab with --lab DIR.",
        _ => e.Message,
    });

    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

    private static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json);

    private static T FromJson<T>(string text) => JsonSerializer.Deserialize<T>(text, Json)!;
}

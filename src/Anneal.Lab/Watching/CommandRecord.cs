using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anneal.Lab.Execution;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Watching;

/// <summary>What was watched, in <c>command.json</c>: enough to start it again, and to know whether an earlier one still runs.</summary>
internal sealed record CommandRecord
{
    private static readonly CommandJson json = new(new JsonSerializerOptions(CommandJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Program and arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Working directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Value of the mark that its processes carry.</summary>
    public string Watch { get; init; } = "";

    /// <summary>Every start, in order.</summary>
    public IReadOnlyList<CommandAttempt> Attempts { get; init; } = [];

    /// <summary>Reads the file; null where there is none, or none that can be read.</summary>
    public static CommandRecord? Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), json.CommandRecord) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file.</summary>
    public void Save(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, json.CommandRecord));
}

/// <summary>One start of a watched command.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Started">See <see cref="ProcessIdentity.Start"/>.</param>
/// <param name="At">UTC.</param>
/// <param name="ExitCode">Null while it runs, and where nobody saw it end.</param>
/// <param name="End">Why it ended, in a sentence.</param>
internal sealed record CommandAttempt(int Pid, string Started, DateTime At, int? ExitCode = null, string? End = null)
{
    /// <summary>It runs now.</summary>
    [JsonIgnore]
    public bool IsAlive => ExitCode is null && new ProcessIdentity(Pid, Started).IsAlive;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CommandRecord))]
internal sealed partial class CommandJson : JsonSerializerContext;

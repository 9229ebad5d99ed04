namespace Anneal.Runs.Watching.TensorBoard;

/// <summary>
/// The event files below a folder, followed while they grow. Each number comes alone, with its step; what belongs to one step
/// is put together, and told once a later step has come or nothing has for a while.
/// </summary>
/// <param name="folder">Need not exist yet.</param>
/// <param name="since">Events from before belong to an earlier run.</param>
internal sealed class EventFolder(string folder, DateTime since)
{
    private const string Pattern = "*tfevents*";

    // A trainer that lets the file lie for so many looks has said all of its last step.
    private const int Quiet = 3, MostWaiting = 10_000;

    private readonly Dictionary<string, RecordFile> files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, List<NamedNumber>> waiting = [];
    private readonly double from = (since - DateTime.UnixEpoch).TotalSeconds - 1;
    private long newest = -1;
    private int quiet;

    /// <summary>Files that ended in damage.</summary>
    public int Broken => files.Values.Count(file => file.IsBroken);

    /// <summary>Steps that are complete, each with its numbers; its own comes first.</summary>
    /// <param name="last">Nothing more will come.</param>
    public IReadOnlyList<IReadOnlyList<NamedNumber>> ReadNew(bool last = false)
    {
        var came = false;
        foreach (var file in Files())
        {
            try
            {
                file.ReadNew(data => came |= Take(data));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Being moved, or not ours; the next look tells.
            }
        }
        quiet = came ? 0 : quiet + 1;
        var done = new List<IReadOnlyList<NamedNumber>>();
        while (waiting.Count > 0 && waiting.First() is var (step, numbers) && (last || quiet >= Quiet || step < newest || waiting.Count > MostWaiting))
        {
            waiting.Remove(step);
            done.Add([new(MetricNames.Step, step), .. numbers]);
        }
        return done;
    }

    private IEnumerable<RecordFile> Files()
    {
        if (Directory.Exists(folder))
        {
            try
            {
                foreach (var path in Directory.EnumerateFiles(folder, Pattern, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Order(StringComparer.Ordinal))
                    if (!files.ContainsKey(path) && File.GetLastWriteTimeUtc(path) >= since.AddSeconds(-1)) files[path] = new(path);
            }
            catch (IOException)
            {
                // A folder that goes away while it is listed.
            }
        }
        return [.. files.Values];
    }

    private bool Take(ReadOnlySpan<byte> data)
    {
        if (EventMessage.Parse(data) is not { } message || message.WallTime < from || message.Scalars.Count == 0 || message.Step < 0) return false;
        if (!waiting.TryGetValue(message.Step, out var numbers)) waiting[message.Step] = numbers = [];
        foreach (var (tag, value) in message.Scalars) numbers.Add(new(MetricNames.OfTag(tag), value));
        newest = Math.Max(newest, message.Step);
        return true;
    }
}

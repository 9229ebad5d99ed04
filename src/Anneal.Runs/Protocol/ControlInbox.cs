using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>
/// The run's side of <c>control/</c>: hands out each command once, in order, when it is due. <c>acks.jsonl</c> is the memory:
/// what it answers is not handed out again, in this process or in a later one.
/// </summary>
public sealed class ControlInbox
{
    private static readonly TimeSpan pollInterval = TimeSpan.FromMilliseconds(20);

    private readonly RunDirectory run;
    private readonly HashSet<Guid> answered = [];
    private readonly HashSet<Guid> accepted = [];
    private readonly HashSet<Guid> handedOut = [];
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(long Sequence, string File), ControlCommand> waiting = [];
    private long lastPoll;

    /// <summary>Opens the inbox and recalls what was answered before.</summary>
    public ControlInbox(RunDirectory run)
    {
        this.run = run;
        // A line cut short by a crash would swallow the next one.
        JsonLines.TruncateAfter(run.AcknowledgementsPath, int.MaxValue);
        foreach (var ack in Acknowledgement.ReadAll(run.AcknowledgementsPath)) Remember(ack);
    }

    /// <summary>Whether the last <see cref="Poll"/> looked into the folder: it does not at every step.</summary>
    public bool HasLooked { get; private set; }

    /// <summary>Writes a command where a run will find it: beside its place, then renamed. Returns the file.</summary>
    public static string Send(RunDirectory run, ControlCommand command)
    {
        Directory.CreateDirectory(run.ControlPath);
        var last = Directory.EnumerateFiles(run.ControlPath, "*.json").Select(f => SequenceOf(Path.GetFileName(f))).DefaultIfEmpty(0).Max();
        var file = Path.Combine(run.ControlPath, $"{last + 1:D6}-{command.Uuid}.json");
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(command, ProtocolJson.Default.ControlCommand));
        return file;
    }

    /// <summary>
    /// Commands due now that <paramref name="step"/> steps are done. The folder is listed at most every 20 ms unless
    /// <paramref name="now"/>; a command whose time or step has passed, or that cannot be read, is rejected here.
    /// </summary>
    public IReadOnlyList<ControlCommand> Poll(int step, bool now = false)
    {
        HasLooked = now || Stopwatch.GetElapsedTime(lastPoll) > pollInterval;
        if (HasLooked)
        {
            lastPoll = Stopwatch.GetTimestamp();
            Collect(step);
        }
        if (waiting.Count == 0) return [];
        List<ControlCommand> due = [];
        foreach (var (key, command) in waiting.ToArray())
        {
            if (command.ApplyAtStep > step) continue;
            waiting.Remove(key);
            if (answered.Contains(command.Uuid) || !handedOut.Add(command.Uuid)) continue;
            if (command.ApplyAtStep < step) Reject(command, step, $"apply_at_step {command.ApplyAtStep} has passed: {step} steps are done");
            else if (command.ExpiresAt < DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0) Reject(command, step, "it expired before it could be applied");
            else due.Add(command);
        }
        return due;
    }

    /// <summary>Writes the answer to a command.</summary>
    public void Answer(Acknowledgement acknowledgement)
    {
        Remember(acknowledgement);
        acknowledgement.AppendTo(run.AcknowledgementsPath);
    }

    /// <summary>Refuses a command.</summary>
    public void Reject(ControlCommand command, int step, string reason) => Answer(new()
    {
        Uuid = command.Uuid,
        Command = command.Command,
        Args = command.Args,
        Status = AcknowledgementStatus.Rejected,
        Step = step,
        Reason = reason,
    });

    private void Remember(Acknowledgement ack) => (ack.Status == AcknowledgementStatus.Accepted ? accepted : answered).Add(ack.Uuid);

    private void Collect(int step)
    {
        if (!Directory.Exists(run.ControlPath)) return;
        foreach (var file in Directory.EnumerateFiles(run.ControlPath, "*.json"))
        {
            var name = Path.GetFileName(file);
            var key = (SequenceOf(name), name);
            if (waiting.ContainsKey(key) || broken.Contains(name) || (UuidOf(name) is { } named && answered.Contains(named))) continue;
            if (Read(file, name, step) is not { } command || answered.Contains(command.Uuid) || handedOut.Contains(command.Uuid)) continue;
            waiting[key] = command;
            if (command.ApplyAtStep > step && !accepted.Contains(command.Uuid))
                Answer(new() { Uuid = command.Uuid, Command = command.Command, Args = command.Args, Status = AcknowledgementStatus.Accepted, Step = step });
        }
    }

    private ControlCommand? Read(string file, string name, int step)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ProtocolJson.Default.ControlCommand);
        }
        catch (JsonException e)
        {
            broken.Add(name);
            Answer(new() { Uuid = UuidOf(name) ?? Guid.Empty, Status = AcknowledgementStatus.Rejected, Step = step, Reason = $"{name} is no command: {e.Message}" });
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long SequenceOf(string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && long.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;

    private static Guid? UuidOf(string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && Guid.TryParse(Path.GetFileNameWithoutExtension(name.AsSpan(dash + 1)), out var uuid) ? uuid : null;
}

using System.Globalization;

namespace Anneal.Runs.Protocol;

/// <summary>Saved states of a run: <c>checkpoints/step-000123</c>. A state appears whole, by rename, or not at all.</summary>
/// <param name="root">The <c>checkpoints</c> folder.</param>
public sealed class Checkpoints(string root)
{
    // A state that is about to be replaced keeps this ending until the new one has its name.
    private const string Prefix = "step-", Replaced = ".old";

    /// <summary>Folder of a step's state.</summary>
    public string PathOf(int step) => Path.Combine(root, $"{Prefix}{step:D6}");

    /// <summary>Steps that have a state, rising.</summary>
    public IReadOnlyList<int> Steps()
    {
        if (!Directory.Exists(root)) return [];
        var steps = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories(root, $"{Prefix}*"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step)) steps.Add(step);
        steps.Sort();
        return steps;
    }

    /// <summary>Folder of the newest state, or null.</summary>
    public string? Newest() => Steps() is [.., var last] ? PathOf(last) : null;

    /// <summary>Puts back what a crash left half renamed, and clears away what it left half written or half removed.</summary>
    internal void Recover()
    {
        Directory.CreateDirectory(root);
        foreach (var folder in Directory.GetDirectories(root))
        {
            var name = Path.GetFileName(folder);
            if (name.EndsWith(Replaced, StringComparison.Ordinal) && !Directory.Exists(folder[..^Replaced.Length])) Directory.Move(folder, folder[..^Replaced.Length]);
            else if (name.EndsWith(Replaced, StringComparison.Ordinal) || name.StartsWith('.') || name.Contains(".tmp-", StringComparison.Ordinal)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Removes all but the newest <paramref name="keep"/> states, and those of steps that are a multiple of <paramref name="alwaysEvery"/> (0: none).</summary>
    internal void Prune(int keep, int alwaysEvery)
    {
        var steps = Steps();
        for (var i = 0; i < steps.Count - keep; i++)
            if (alwaysEvery == 0 || steps[i] % alwaysEvery != 0) Remove(steps[i]);
    }

    /// <summary>Removes the states after a step, so that a run that goes back does not resume on the branch it left.</summary>
    internal void RemoveAfter(int step)
    {
        foreach (var later in Steps().Where(s => s > step)) Remove(later);
    }

    /// <summary>Takes a state out of sight, then deletes it: a crash in between leaves no half of it under its name.</summary>
    internal void Remove(int step)
    {
        var doomed = Path.Combine(root, $".removed-{step:D6}-{Environment.ProcessId}");
        Directory.Move(PathOf(step), doomed);
        Directory.Delete(doomed, recursive: true);
    }
}

using System.Text;
using System.Text.RegularExpressions;
using Anneal.Runs.Watching;

namespace Anneal.Runs.Protocol;

/// <summary>Every name that a stream has used, found by its bytes. Bounded: a stream that makes up names takes no memory.</summary>
internal sealed class SignalNames
{
    private const int Most = 4096, Longest = 256;

    // What trainers wrap their numbers in; the wrapping says nothing.
    private static readonly string[] wrappings = ["metrics/", "metric/", "logs/", "log/", "scalars/", "values/"];

    private static readonly Dictionary<string, Signal> signals = new(StringComparer.Ordinal)
    {
        ["step"] = Signal.Step,
        ["time"] = Signal.Time,
        ["train/tokens"] = Signal.Tokens,
        ["train/loss"] = Signal.Loss,
        ["train/lr"] = Signal.LearningRate,
        ["train/grad_norm"] = Signal.GradNorm,
        ["train/update_norm"] = Signal.UpdateNorm,
        ["train/param_norm"] = Signal.ParamNorm,
        ["train/nonfinite"] = Signal.Nonfinite,
        ["train/clipped"] = Signal.Clipped,
        ["data/batch_hash"] = Signal.BatchHash,
        ["data/repeat_fraction"] = Signal.RepeatFraction,
        ["data/token_entropy"] = Signal.TokenEntropy,
        ["perf/step_seconds"] = Signal.StepSeconds,
        ["perf/tokens_per_second"] = Signal.TokensPerSecond,
        ["perf/rss_mb"] = Signal.RssMb,
    };

    private readonly Dictionary<int, List<SignalName>> known = [];
    private int count;
    private SignalName? previous;

    /// <summary>The protocol's name of a property.</summary>
    public static string NameOf(Signal signal) => signals.First(pair => pair.Value == signal).Key;

    /// <summary>A new line begins.</summary>
    public void BeginLine() => previous = null;

    /// <summary>The name; null where it is too long or the stream has used too many.</summary>
    /// <param name="text">As written between the quotes.</param>
    public SignalName? Find(ReadOnlySpan<byte> text)
    {
        if (previous?.Next is { } guess && text.SequenceEqual(guess.Text)) return previous = guess;
        if (text.Length > Longest) return null;
        var hash = new HashCode();
        hash.AddBytes(text);
        var key = hash.ToHashCode();
        if (!known.TryGetValue(key, out var list)) known[key] = list = [];
        SignalName? found = null;
        foreach (var name in list)
            if (text.SequenceEqual(name.Text)) found = name;
        if (found is null)
        {
            if (count == Most) return null;
            count++;
            list.Add(found = Create(text.ToArray()));
        }
        if (previous is not null) previous.Next = found;
        return previous = found;
    }

    private static SignalName Create(byte[] text)
    {
        var written = Encoding.UTF8.GetString(text);
        if (written.Contains('\\', StringComparison.Ordinal)) written = Unescape(written);
        var name = MetricNames.Canonical(written);
        if (!signals.ContainsKey(name) && Array.Find(wrappings, w => written.StartsWith(w, StringComparison.OrdinalIgnoreCase)) is { } wrapping)
            name = MetricNames.Canonical(written[wrapping.Length..]);
        return new(text, string.IsInterned(name) ?? name, signals.GetValueOrDefault(name, Signal.Other), name == written);
    }

    private static string Unescape(string written)
    {
        try
        {
            return Regex.Unescape(written);
        }
        catch (ArgumentException)
        {
            return written;
        }
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Anneal.Runs.Protocol;

/// <summary>
/// Reads lines of numbers, one object a line, for everybody who reads a <c>metrics.jsonl</c>. Tolerant of what trainers write:
/// aliases, numbers as strings, nulls, objects within objects (their names are joined by a slash), Python's NaN and quotes.
/// What a line says is kept until the next; a steady stream allocates only the steps that it is asked for.
/// </summary>
internal sealed class MetricsParser
{
    private const int MostNumbers = 1024, MostDepth = 8;

    private readonly SignalNames names = new();
    private readonly double[] values = new double[(int)Signal.Other];
    private readonly string[] otherNames = new string[MostNumbers];
    private readonly double[] otherValues = new double[MostNumbers];
    private readonly byte[] path = new byte[512];
    private string[] schema = [];
    private string? hash;
    private int present, others;
    private long line;

    /// <summary>The step that the line names, or null.</summary>
    public int? Step => Get(Signal.Step) is { } step && step == Math.Floor(step) && step is >= 0 and <= int.MaxValue ? (int)step : null;

    /// <summary>The line names a step, be it a number or not.</summary>
    public bool NamesStep => Has(Signal.Step);

    /// <summary>The line names a train loss; it may be non-finite.</summary>
    public bool HasLoss => Has(Signal.Loss);

    /// <summary>The line names any number besides its step and time.</summary>
    public bool HasNumbers => others > 0 || (present & ~(1 << (int)Signal.Step | 1 << (int)Signal.Time)) != 0;

    /// <summary>Takes in a line.</summary>
    /// <returns>False where it is no object, or a torn one.</returns>
    public bool Read(ReadOnlySpan<byte> text)
    {
        (present, others, hash) = (0, 0, null);
        line++;
        names.BeginLine();
        var json = new LooseJson(text);
        return ReadObject(ref json, 0, 0) && json.AtEnd;
    }

    /// <summary>Takes in numbers that were found otherwise, as if a line had named them.</summary>
    public void Take(IEnumerable<(string Name, double Value)> numbers)
    {
        (present, others, hash) = (0, 0, null);
        line++;
        names.BeginLine();
        foreach (var (name, value) in numbers)
            if (names.Find(Encoding.UTF8.GetBytes(name)) is { } signal) Keep(signal, value);
    }

    /// <summary>The line as a step. Only where it <see cref="HasLoss"/>.</summary>
    /// <param name="step">Its number.</param>
    public StepMetrics ToStep(int step) => new()
    {
        Step = step,
        Loss = values[(int)Signal.Loss],
        Time = Get(Signal.Time),
        Tokens = Get(Signal.Tokens) is { } tokens and >= 0 and < long.MaxValue ? (long)tokens : null,
        LearningRate = Get(Signal.LearningRate),
        GradNorm = Get(Signal.GradNorm),
        UpdateNorm = Get(Signal.UpdateNorm),
        ParamNorm = Get(Signal.ParamNorm),
        Nonfinite = Flag(Signal.Nonfinite),
        Clipped = Flag(Signal.Clipped),
        BatchHash = hash,
        RepeatFraction = Get(Signal.RepeatFraction),
        TokenEntropy = Get(Signal.TokenEntropy),
        StepSeconds = Get(Signal.StepSeconds),
        TokensPerSecond = Get(Signal.TokensPerSecond),
        RssMb = Get(Signal.RssMb),
        Extra = Others(),
    };

    /// <summary>Every number of the line but its step, under the protocol's names.</summary>
    public NamedNumbers ToNumbers()
    {
        var (foundNames, foundValues) = (new List<string>(), new List<double>());
        for (var signal = Signal.Time; signal < Signal.Other; signal++)
        {
            if (!Has(signal)) continue;
            foundNames.Add(SignalNames.NameOf(signal));
            foundValues.Add(values[(int)signal]);
        }
        return new([.. foundNames, .. otherNames[..others]], [.. foundValues, .. otherValues[..others]]);
    }

    private NamedNumbers Others()
    {
        if (others == 0) return NamedNumbers.None;
        if (!schema.AsSpan().SequenceEqual(otherNames.AsSpan(0, others))) schema = otherNames[..others];
        return new(schema, otherValues[..others]);
    }

    private bool ReadObject(ref LooseJson json, int prefix, int depth)
    {
        if (!json.Take((byte)'{')) return false;
        while (!json.Take((byte)'}'))
        {
            if (!json.TakeString(out var name) || !json.Take((byte)':') || !ReadValue(ref json, name, prefix, depth)) return false;
            if (!json.Take((byte)',') && json.Peek() != (byte)'}') return false;
        }
        return true;
    }

    private bool ReadValue(ref LooseJson json, ReadOnlySpan<byte> name, int prefix, int depth)
    {
        switch (json.Peek())
        {
            case (byte)'{':
                if (depth == MostDepth || prefix + name.Length + 1 > path.Length / 2) return json.SkipObject();
                name.CopyTo(path.AsSpan(prefix));
                path[prefix + name.Length] = (byte)'/';
                return ReadObject(ref json, prefix + name.Length + 1, depth + 1);
            case (byte)'[':
                return json.SkipList();
            case (byte)'"' or (byte)'\'':
                if (!json.TakeString(out var text)) return false;
                TakeText(Find(name, prefix), text);
                return true;
            default:
                if (!json.TakeBare(out var word)) return false;
                return TakeWord(Find(name, prefix), word);
        }
    }

    private SignalName? Find(ReadOnlySpan<byte> name, int prefix)
    {
        if (prefix == 0) return names.Find(name);
        if (prefix + name.Length > path.Length) return null;
        name.CopyTo(path.AsSpan(prefix));
        return names.Find(path.AsSpan(0, prefix + name.Length));
    }

    private void TakeText(SignalName? name, ReadOnlySpan<byte> text)
    {
        if (name is null) return;
        if (name.Signal == Signal.BatchHash) Identify(name, text);
        else if (TryNumber(text.Trim((byte)' '), out var value)) Keep(name, value);
    }

    private bool TakeWord(SignalName? name, ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8)) return true;
        if (word.SequenceEqual("true"u8) || word.SequenceEqual("True"u8)) Keep(name, 1);
        else if (word.SequenceEqual("false"u8) || word.SequenceEqual("False"u8)) Keep(name, 0);
        else if (name is { Signal: Signal.BatchHash }) Identify(name, word);
        else if (TryNumber(word, out var value)) Keep(name, value);
        else return false;
        return true;
    }

    private void Identify(SignalName name, ReadOnlySpan<byte> text)
    {
        if (text.Length is > 0 and <= 128 && (hash is null || name.Exact)) hash = Encoding.UTF8.GetString(text);
    }

    private void Keep(SignalName? name, double value)
    {
        if (name is null) return;
        var bit = 1 << (int)name.Signal;
        if (name.Signal != Signal.Other)
        {
            if (!name.Exact && (present & bit) != 0) return;
            values[(int)name.Signal] = value;
            present |= bit;
        }
        else if (name.Seen.Line == line) otherValues[name.Seen.Place] = value;
        else if (others < MostNumbers)
        {
            name.Seen = (line, others);
            (otherNames[others], otherValues[others]) = (name.Name, value);
            others++;
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (Utf8Parser.TryParse(text, out value, out var read) && read == text.Length && double.IsFinite(value)) return true;
        // Infinite because it is too large, Python's nan and inf, a leading plus.
        return text.Length is > 0 and <= 64 && (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || TryWord(text, out value));
    }

    private static bool TryWord(ReadOnlySpan<byte> text, out double value)
    {
        var sign = text[0] == (byte)'-' ? -1 : 1;
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        value = Ascii.EqualsIgnoreCase(text, "nan"u8) ? double.NaN
            : Ascii.EqualsIgnoreCase(text, "inf"u8) || Ascii.EqualsIgnoreCase(text, "infinity"u8) ? sign * double.PositiveInfinity
            : 0;
        return value != 0;
    }

    private bool Has(Signal signal) => (present & (1 << (int)signal)) != 0;

    private double? Get(Signal signal) => Has(signal) ? values[(int)signal] : null;

    private bool? Flag(Signal signal) => Get(signal) is { } value ? value != 0 : null;
}

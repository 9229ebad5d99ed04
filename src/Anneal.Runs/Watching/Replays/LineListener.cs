using System.Text;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Watching.Replays;

/// <summary>What a line of a recording tells: a training step, or numbers measured at one.</summary>
/// <param name="Step">The step; null for a measurement.</param>
/// <param name="At">The step that the line names; null where it names none.</param>
/// <param name="Numbers">The measurement's numbers.</param>
internal readonly record struct Heard(StepMetrics? Step, int? At, NamedNumbers? Numbers);

/// <summary>Makes steps and measurements of lines: JSON, or text with <c>name=value</c> pairs. Counts what it does not understand.</summary>
internal sealed class LineListener
{
    private const int LongestText = 4096, Excerpt = 120;

    private readonly MetricsParser parser = new();
    private int counted;

    /// <summary>Lines that were not understood.</summary>
    public long NotUnderstood { get; private set; }

    /// <summary>The first of them and how it begins.</summary>
    public (long Line, string Excerpt)? First { get; private set; }

    /// <summary>What a line tells; null for nothing.</summary>
    /// <param name="number">Of the line, from 1.</param>
    /// <param name="line">Without its end.</param>
    public Heard? Hear(long number, ReadOnlySpan<byte> line)
    {
        if (number == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty) return null;
        if (Understand(line) is { } heard) return heard;
        Miss(number, line);
        return null;
    }

    /// <summary>Counts a line that was not understood.</summary>
    public void Miss(long number, ReadOnlySpan<byte> line)
    {
        NotUnderstood++;
        if (First is { } first && first.Line <= number) return;
        First = (number, Encoding.UTF8.GetString(line[..Math.Min(line.Length, Excerpt)]));
    }

    private Heard? Understand(ReadOnlySpan<byte> line)
    {
        if (line[0] == (byte)'{')
        {
            if (!parser.Read(line)) return null;
        }
        else
        {
            parser.Take(MetricLine.Parse(Encoding.UTF8.GetString(line[..Math.Min(line.Length, LongestText)])).Select(number => (number.Name, number.Value)));
        }
        // A trainer that names no step has its loss lines counted.
        if (parser.HasLoss) return (parser.Step ?? (parser.NamesStep ? null : ++counted)) is { } step ? new Heard(parser.ToStep(step), step, null) : null;
        return parser.HasNumbers ? new Heard(null, parser.Step, parser.ToNumbers()) : parser.NamesStep ? new Heard(null, parser.Step, NamedNumbers.None) : null;
    }
}

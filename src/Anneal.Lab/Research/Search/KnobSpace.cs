using System.Globalization;
using Anneal.Lab.Research.Ideas;

namespace Anneal.Lab.Research.Search;

/// <summary>
/// Coordinates of a search: a number is placed in 0..1 on its own (linear or log) scale, a choice is its index.
/// Values outside a knob's range keep their place beyond 0..1.
/// </summary>
/// <param name="knobs">Searched dimensions, then those that only tell recipes apart (what adopted or tried ideas changed).</param>
/// <param name="searched">How many of them the search may move.</param>
internal sealed class KnobSpace(IReadOnlyList<Knob> knobs, int searched)
{
    /// <summary>Squared distance between two different choices, on the scale where a number's whole range is 1.</summary>
    private const double ChoiceDistance = 0.7;

    public IReadOnlyList<Knob> Knobs => knobs;

    public int Count => knobs.Count;

    public int Searched => searched;

    /// <summary>Coordinate of a YAML scalar on knob <paramref name="index"/>.</summary>
    public double Encode(int index, string value)
    {
        var knob = knobs[index];
        if (knob.Type == KnobType.Choice) return IndexOf(knob.Values, value);
        if (!double.TryParse(value, CultureInfo.InvariantCulture, out double number)) return 0.5;
        if (!knob.Log) return (number - knob.Min) / (knob.Max - knob.Min);
        return number <= 0 ? -0.5 : (Math.Log(number) - Math.Log(knob.Min)) / (Math.Log(knob.Max) - Math.Log(knob.Min));
    }

    /// <summary>YAML scalar at coordinate <paramref name="at"/> of knob <paramref name="index"/>.</summary>
    public string Decode(int index, double at)
    {
        var knob = knobs[index];
        if (knob.Type == KnobType.Choice) return knob.Values[(int)at];
        double number = knob.Log ? knob.Min * Math.Pow(knob.Max / knob.Min, at) : knob.Min + at * (knob.Max - knob.Min);
        return knob.Type == KnobType.Int ? Math.Round(number).ToString(CultureInfo.InvariantCulture) : Idea.Number(number);
    }

    /// <summary>The point as it will run: rounded to what its YAML scalars say.</summary>
    public double[] Snap(double[] point) => [.. point.Select((at, i) => i < searched ? Encode(i, Decode(i, at)) : at)];

    /// <summary>A point that is uniform over the searched knobs and agrees with <paramref name="rest"/> elsewhere.</summary>
    public double[] Draw(Random random, double[] rest) =>
        [.. knobs.Select((k, j) => j >= searched ? rest[j] : k.Type == KnobType.Choice ? random.Next(k.Values.Count) : random.NextDouble())];

    /// <summary>Squared distance of two points along one knob.</summary>
    public double Distance2(int index, double a, double b) =>
        knobs[index].Type == KnobType.Choice ? (a == b ? 0 : ChoiceDistance) : (a - b) * (a - b);

    private static int IndexOf(IReadOnlyList<string> values, string value)
    {
        for (int i = 0; i < values.Count; i++)
            if (values[i] == value) return i;
        return -1;
    }
}

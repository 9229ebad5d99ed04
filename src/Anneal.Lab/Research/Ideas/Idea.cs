using System.Globalization;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research.Ideas;

/// <summary>A known idea: what to change, why it may help, and how much belief it starts with.</summary>
internal sealed record Idea
{
    /// <summary>Short name, as <c>space.ideas</c> allows or bars it.</summary>
    public required string Id { get; init; }

    /// <summary>What is claimed.</summary>
    public required string Hypothesis { get; init; }

    /// <summary>Why it should hold.</summary>
    public required string Mechanism { get; init; }

    /// <summary>What would refute it.</summary>
    public required string Refutation { get; init; }

    /// <summary>Chance that it helps at this scale: judgement from published results, not a measurement.</summary>
    public required double Probability { get; init; }

    /// <summary>Gain where it helps, in percent of the objective.</summary>
    public required double GainPercent { get; init; }

    /// <summary>The change against this champion, or null where the idea does not apply (its condition fails, or it is in place).</summary>
    public required Func<Recipe, StudySpec, IReadOnlyDictionary<string, string>?> Change { get; init; }

    /// <summary>One key's new value.</summary>
    public static IReadOnlyDictionary<string, string> Set(string key, string value) => new Dictionary<string, string> { [key] = value };

    /// <summary>One key's new number, to four significant digits.</summary>
    public static IReadOnlyDictionary<string, string> Set(string key, double value) => Set(key, Number(value));

    /// <summary>Several keys.</summary>
    public static IReadOnlyDictionary<string, string> Set(params (string Key, string Value)[] pairs) => pairs.ToDictionary(p => p.Key, p => p.Value);

    /// <summary>A number as a YAML scalar, four significant digits, never in exponent form where plain digits will do.</summary>
    public static string Number(double value)
    {
        double rounded = double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rounded.ToString(Math.Abs(rounded) is >= 1e-5 or 0 ? "0.#########" : "G4", CultureInfo.InvariantCulture);
    }
}

namespace Anneal.Benchmarks.Judge;

// What became of a sample: the rule that it broke, or its value, or why it failed.
public sealed record Judgement(string? Rule, string Detail, double? Value)
{
    // Null: as expected. `no_gain`: it was measured, and what it did got it nothing.
    public string? Unlike(CodeSample sample, double honest)
    {
        foreach (var expected in sample.Expected)
        {
            if (expected == "no_gain" && Value > honest * 0.97) return null;
            if (Rule == expected) return null;
            if (Rule is null && Value is null && expected.StartsWith("fails: ", StringComparison.Ordinal) && Detail.Contains(expected["fails: ".Length..], StringComparison.OrdinalIgnoreCase)) return null;
            // What follows the first words of a failure may be written without them.
            if (Rule is null && Value is null && sample.Expected[0].StartsWith("fails: ", StringComparison.Ordinal) && Detail.Contains(expected, StringComparison.OrdinalIgnoreCase)) return null;
        }
        return $"{sample.Name}: expected {string.Join(" or ", sample.Expected)}, got {Rule ?? (Value is null ? "a failure" : $"{Value:0.000} bits per byte (honest: {honest:0.000})")}: {Detail}";
    }
}

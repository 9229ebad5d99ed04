namespace Anneal.Benchmarks.Judge;

// What became of a sample: the rule that it broke, or its value, or why it failed.
public sealed record Judgement(string? Rule, string Detail, double? Value)
{
    // Null: as expected. `no_gain`: it was measured, and what it did got it nothing.
    public string? Unlike(CodeSample sample, double honest)
    {
        if (sample.Expected.Any(expected => Meets(expected, honest))) return null;
        return $"{sample.Name}: expected {string.Join(" or ", sample.Expected)}, got {Rule ?? (Value is null ? "a failure" : $"{Value:0.000} bits per byte (honest: {honest:0.000})")}: {Detail}";
    }

    // `no_gain`, `RULE`, `RULE: WORDS` or `fails: WORDS`.
    private bool Meets(string expected, double honest)
    {
        if (expected == "no_gain") return Value > honest * 0.97;
        var (name, words) = expected.Split(": ", 2) is [var first, var second] ? (first, second) : (expected, "");
        return Value is null && (Rule ?? "fails") == name && Detail.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}

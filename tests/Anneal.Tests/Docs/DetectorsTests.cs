using System.Text.RegularExpressions;

namespace Anneal.Tests.Docs;

/// <summary>docs/detectors.md has a row for each detector of the code, and no other.</summary>
public partial class DetectorsTests
{
    private const string Page = "docs/detectors.md", Code = "src/Anneal.Runs/Monitoring/Detectors";

    [Fact]
    public void Every_detector_of_the_code_has_its_row_and_every_row_its_detector()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Snippets.Root, Page))).Select(m => m.Groups["name"].Value).ToList();

        rows.ShouldBeUnique();
        rows.Order(StringComparer.Ordinal).ShouldBe(NamesInCode().Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> NamesInCode()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Snippets.Root, Code), "*.cs", SearchOption.AllDirectories))
            foreach (var line in File.ReadLines(file))
            {
                // A plain name, one of two, or the first word of a rule; drifts are named after their signal where they are made.
                if (Assignment().Match(line) is { Success: true } assignment)
                    foreach (Match name in Name().Matches(assignment.Value)) yield return name.Groups["name"].Value;
                if (Rule().Match(line) is { Success: true } rule) yield return rule.Groups["name"].Value;
                if (Drift().Match(line) is { Success: true } drift) yield return $"{drift.Groups["name"].Value}_drift";
            }
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    // Assigned, or a constant that is.
    [GeneratedRegex("""(\bDetector = [^$]*"(?<name>[a-z_0-9]+)",|public const string \w+ = "[a-z_0-9]+";)""")]
    private static partial Regex Assignment();

    [GeneratedRegex("""
        "(?<name>[a-z_0-9]+)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Name();

    [GeneratedRegex("""^\s+new\("(?<name>\w+)", BlockStatistic\.""")]
    private static partial Regex Rule();

    [GeneratedRegex("""new DriftDetector\([^"]*"(?<name>\w+)",""")]
    private static partial Regex Drift();
}

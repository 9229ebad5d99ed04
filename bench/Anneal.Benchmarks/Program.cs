using System.Text.Json;
using Anneal.Benchmarks;
using Anneal.Benchmarks.Diagnoses;
using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Engine;
using Anneal.Benchmarks.Evidence;
using Anneal.Benchmarks.Faults;
using Anneal.Benchmarks.Judge;
using Anneal.Benchmarks.Research;

// A suite is a function from its arguments to its rows; it reports progress on stderr.
var suites = new Dictionary<string, Func<string[], IEnumerable<BenchmarkRow>>>
{
    ["engine"] = EngineSuite.Run,
    ["evidence"] = EvidenceSuite.Run,
    ["research"] = ResearchSuite.Run,
    ["durability"] = DurabilitySuite.Run,
    ["diagnosis"] = DiagnosisSuite.Run,
    ["cheats"] = CheatsSuite.Run,
    ["faults"] = FaultSuite.Run,
    [DurabilitySuite.SittingVerb] = DurabilitySuite.Sit,
};

if (args is [FirstStep.Verb, var recipe]) return FirstStep.Run(recipe);
if (args.Length == 0 || !suites.TryGetValue(args[0], out var suite))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Anneal.Benchmarks -- ({string.Join(" | ", suites.Keys)}) [--json] [--quick]");
    return 2;
}

// --quick shows that a suite runs: its first row, whatever it says.
bool json = args.Contains("--json"), quick = args.Contains("--quick");
var rows = new List<BenchmarkRow>();
// With --json, stdout is one document: what a suite prints beside its rows goes to stderr.
var document = Console.Out;
if (json) Console.SetOut(Console.Error);
foreach (BenchmarkRow row in suite([.. args[1..].Where(a => a is not ("--json" or "--quick"))]).Take(quick ? 1 : int.MaxValue))
{
    rows.Add(row);
    string goal = row.Goal is null ? "" : $"  (goal {row.Goal}: {(row.Met == true ? "met" : "missed")})";
    Console.WriteLine($"{row.Name,-52} {row.Value?.ToString("G4") ?? "-",10} {row.Unit}{goal}{(row.Value is null ? "  " + row.How : "")}");
}

if (json)
{
    var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
    document.WriteLine(JsonSerializer.Serialize(new BenchmarkReport(args[0], Machine.Describe(), rows), options));
}

return !quick && rows.Exists(r => r.Met == false) ? 1 : 0;

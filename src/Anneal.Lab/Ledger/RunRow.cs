using System.Text.Json;

namespace Anneal.Lab.Ledger;

// A row of `runs` as SQLite gives it: whole numbers are 64 bits, lists are JSON.
internal sealed class RunRow
{
    public const string Select =
        """
        SELECT id, study, job, experiment, role, pair, rung, recipe, recipe_hash AS RecipeHash, seed, order_seed AS OrderSeed, status, split, value,
               steps, tokens, flops, seconds, parameters, curve
        FROM runs
        """;

    public string Id { get; set; } = "";
    public string Study { get; set; } = "";
    public string Job { get; set; } = "";
    public long? Experiment { get; set; }
    public string Role { get; set; } = "";
    public long Pair { get; set; }
    public double Rung { get; set; }
    public string Recipe { get; set; } = "";
    public string RecipeHash { get; set; } = "";
    public long Seed { get; set; }
    public long OrderSeed { get; set; }
    public string Status { get; set; } = "";
    public string Split { get; set; } = "";
    public double? Value { get; set; }
    public long Steps { get; set; }
    public long Tokens { get; set; }
    public double Flops { get; set; }
    public double Seconds { get; set; }
    public long Parameters { get; set; }
    public string Curve { get; set; } = "";

    public RunRecord ToRecord() => new()
    {
        Id = Id,
        Study = Study,
        Experiment = (int?)Experiment,
        Role = Enum.Parse<RunRole>(Role),
        Pair = (int)Pair,
        Rung = Rung,
        Recipe = Recipe,
        RecipeHash = RecipeHash,
        Seed = Seed,
        OrderSeed = OrderSeed,
        Status = Status,
        Split = Split,
        Value = Value,
        Steps = (int)Steps,
        Tokens = Tokens,
        Flops = Flops,
        Seconds = Seconds,
        Parameters = Parameters,
        Curve = JsonSerializer.Deserialize<List<CurvePoint>>(Curve, Ledger.Json)!,
    };
}

using System.Text.Json.Nodes;
using Anneal.Lab.Reports;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.SingleRuns;

/// <summary>Two runs side by side: what they were told, what they logged, what they saved.</summary>
public sealed class RunComparison
{
    /// <summary>Reads both runs.</summary>
    /// <param name="first">A run.</param>
    /// <param name="second">The other run.</param>
    public RunComparison(TrainedRun first, TrainedRun second)
    {
        (First, Second) = (first, second);
        Recipes = RecipeDiff.Between(first.Order.Recipe.ToYaml(), second.Order.Recipe.ToYaml());
        FirstSteps = MetricsReader.ReadAll(first.Directory.MetricsPath);
        SecondSteps = MetricsReader.ReadAll(second.Directory.MetricsPath);
        FirstUnequalStep = UnequalStep(FirstSteps, SecondSteps);
        UnequalFiles = [.. StateFiles(first, second)];
    }

    /// <summary>A run.</summary>
    public TrainedRun First { get; }

    /// <summary>The other run.</summary>
    public TrainedRun Second { get; }

    /// <summary>Recipe keys that differ.</summary>
    public IReadOnlyList<RecipeDifference> Recipes { get; }

    /// <summary>What the first logged.</summary>
    public IReadOnlyList<StepMetrics> FirstSteps { get; }

    /// <summary>What the second logged.</summary>
    public IReadOnlyList<StepMetrics> SecondSteps { get; }

    /// <summary>First step whose metrics differ in anything but time and memory, or that only one run has; null where none does.</summary>
    public int? FirstUnequalStep { get; }

    /// <summary>Parts of the newest saved states that differ bit for bit, or that only one has.</summary>
    public IReadOnlyList<string> UnequalFiles { get; }

    /// <summary>Same metrics, same saved bits.</summary>
    public bool Equal => FirstUnequalStep is null && UnequalFiles.Count == 0;

    /// <summary>The document that other programs rely on.</summary>
    public JsonObject Document() => new()
    {
        ["equal"] = Equal,
        ["first_unequal_step"] = FirstUnequalStep,
        ["unequal_state"] = new JsonArray([.. UnequalFiles.Select(file => JsonValue.Create(file))]),
        ["recipe"] = new JsonArray([.. Recipes.Select(difference => new JsonObject { ["key"] = difference.Key, ["first"] = difference.Before, ["second"] = difference.After })]),
        ["runs"] = new JsonArray(Side(First, FirstSteps), Side(Second, SecondSteps)),
    };

    private static JsonObject Side(TrainedRun run, IReadOnlyList<StepMetrics> steps) => new()
    {
        ["run"] = run.Name,
        ["dir"] = run.Directory.Root,
        ["steps"] = steps.Count == 0 ? 0 : steps[^1].Step,
        ["tokens"] = steps.Count == 0 ? 0 : steps[^1].Tokens,
        ["train_loss"] = LossCurve.Of(steps) is [.., var last] ? last.Loss : null,
    };

    private static int? UnequalStep(IReadOnlyList<StepMetrics> first, IReadOnlyList<StepMetrics> second)
    {
        foreach (var (one, other) in first.Zip(second))
            if (!Same(one, other))
                return one.Step;
        return first.Count == second.Count ? null : Math.Min(first.Count, second.Count) + 1;
    }

    private static bool Same(StepMetrics one, StepMetrics other) =>
        Timeless(one) == Timeless(other)
        && Logged(one).Count() == Logged(other).Count()
        && Logged(one).All(entry => other.Extra.TryGetValue(entry.Key, out var value) && value.Equals(entry.Value));

    // Records compare doubles by Equals, so that NaN equals NaN; the dictionary is compared apart.
    private static StepMetrics Timeless(StepMetrics metrics) => metrics with { Time = null, StepSeconds = null, TokensPerSecond = null, RssMb = null, Extra = Nothing };

    private static IEnumerable<KeyValuePair<string, double>> Logged(StepMetrics metrics) => metrics.Extra.Where(entry => !entry.Key.StartsWith("perf/", StringComparison.Ordinal));

    private static readonly IReadOnlyDictionary<string, double> Nothing = new Dictionary<string, double>();

    private static IEnumerable<string> StateFiles(TrainedRun first, TrainedRun second)
    {
        var (one, other) = (new Checkpoints(first.Directory.CheckpointsPath), new Checkpoints(second.Directory.CheckpointsPath));
        var (at, otherAt) = (one.Steps() is [.., var last] ? last : 0, other.Steps() is [.., var otherLast] ? otherLast : 0);
        if (at != otherAt)
        {
            yield return $"newest state: step {at} against {otherAt}";
            yield break;
        }

        if (one.Newest() is not { } left || other.Newest() is not { } right)
            yield break;
        // trainer.json names threads, which change no result; its other settings are the recipe's, compared above.
        foreach (var file in (string[])["model.safetensors", "optimizer.safetensors"])
            if (!SameBytes(Path.Combine(left, file), Path.Combine(right, file)))
                yield return file;
    }

    private static bool SameBytes(string first, string second) =>
        File.Exists(first) && File.Exists(second) && File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second));
}

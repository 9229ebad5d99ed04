using System.CommandLine;
using Anneal.Cli.Live;
using Anneal.Cli.Terminal;
using Anneal.Lab.Reports;
using Anneal.Lab.SingleRuns;
using Anneal.Runs.Protocol;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal compare RUN RUN [--assert-equal]</c></summary>
internal static class CompareCommand
{
    private static readonly Argument<string> First = new("first") { Description = "A run's folder, or its id in the lab.", HelpName = "RUN" };
    private static readonly Argument<string> Second = new("second") { Description = "The other run.", HelpName = "RUN" };
    private static readonly Option<bool> AssertEqual = new("--assert-equal") { Description = "Exit with 1 unless metrics (time aside) and saved states are the same, bit for bit." };
    private static readonly Option<string> Lab = CommonOptions.Lab();

    public static Command Create()
    {
        var command = new Verb("compare", "Holds two runs side by side: recipe, curves, last values, and whether they are the same bits.",
            ("anneal compare runs/first runs/rope", "What differs, and what came of it."),
            ("anneal compare runs/first runs/again --assert-equal", "Proof that a run repeats: exit code 1 if a single bit differs."))
        { First, Second, AssertEqual, Lab };
        command.SetAction(Compare);
        return command;
    }

    private static int Compare(ParseResult call)
    {
        var output = new Output(call);
        var lab = call.GetRequiredValue(Lab);
        var comparison = new RunComparison(TrainedRun.Find(call.GetRequiredValue(First), lab), TrainedRun.Find(call.GetRequiredValue(Second), lab));
        if (output.Json)
            output.Document(comparison.Document());
        else
            Print(output.Results, comparison);
        return call.GetValue(AssertEqual) && !comparison.Equal ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, RunComparison comparison)
    {
        var table = Tables.Of(["", comparison.First.Name, comparison.Second.Name]);
        foreach (var difference in comparison.Recipes)
            table.AddRow(Tables.Cell(difference.Key), Tables.Cell(difference.Before ?? "–"), Tables.Cell(difference.After ?? "–"));
        var (one, other) = (LossCurve.Of(comparison.FirstSteps), LossCurve.Of(comparison.SecondSteps));
        Row("steps", Last(comparison.FirstSteps)?.Step.ToString(), Last(comparison.SecondSteps)?.Step.ToString());
        Row("tokens", Last(comparison.FirstSteps)?.Tokens?.ToString("N0"), Last(comparison.SecondSteps)?.Tokens?.ToString("N0"));
        Row("train loss", Sparkline.Of([.. one.Select(point => point.Loss)], 24), Sparkline.Of([.. other.Select(point => point.Loss)], 24));
        Row("last train loss", one is [.., var end] ? Units.Value(end.Loss) : null, other is [.., var otherEnd] ? Units.Value(otherEnd.Loss) : null);
        console.Write(table);
        console.WriteLine(comparison.Recipes.Count == 0 ? "The recipes are the same." : $"The recipes differ in {Units.Plural(comparison.Recipes.Count, "key")}.");
        console.WriteLine(comparison.Equal
            ? "Metrics (time aside) and saved states are the same, bit for bit."
            : $"Not the same bits: {string.Join("; ", new[] { comparison.FirstUnequalStep is { } step ? $"metrics differ from step {step} on" : null }.OfType<string>().Concat(comparison.UnequalFiles))}.");

        void Row(string name, string? left, string? right) => table.AddRow(Tables.Cell(name), Tables.Cell(left ?? "–"), Tables.Cell(right ?? "–"));
    }

    private static StepMetrics? Last(IReadOnlyList<StepMetrics> steps) => steps is [.., var last] ? last : null;
}

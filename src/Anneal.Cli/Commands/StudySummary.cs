using Anneal.Cli.Terminal;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary>A study on a terminal, when it has ended: the verdict first, then every experiment, then where to read more.</summary>
internal static class StudySummary
{
    public static void Print(IAnsiConsole console, StudyRecord study, string? report)
    {
        var headline = Headline.Of(study);
        console.WriteLine();
        console.Write(Tables.Cell(headline.Verdict, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.Write(Tables.Cell(headline.Detail));
        console.WriteLine();
        if (study.Experiments.Count > 0)
            console.Write(Experiments(study));
        if (report is not null)
            console.WriteLine($"Report: {PlainText.Clean(report)}");
    }

    private static Table Experiments(StudyRecord study)
    {
        var table = Tables.Of(["#", "change", "verdict", "#effect", "95% interval", "#pairs", "#e", "#cost"]);
        table.Columns[0].Header = new Text("");
        foreach (var experiment in study.Experiments)
        {
            table.AddRow(
                Tables.Cell($"{experiment.Id}"),
                Tables.Cell(experiment.ChangeText()),
                Tables.Cell(experiment.VerdictWord(), Tables.Colour(experiment.Verdict)),
                Tables.Cell(Units.Effect(experiment.Effect)),
                Tables.Cell(Units.Interval(experiment.Interval)),
                Tables.Cell($"{experiment.Pairs.Count}"),
                Tables.Cell(experiment.Evidence is var (value, _) ? Units.EValue(value) : "–"),
                Tables.Cell(study.CostOf(experiment.Flops, experiment.Seconds)));
        }

        return table;
    }
}

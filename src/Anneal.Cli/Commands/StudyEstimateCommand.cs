using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Lab;
using Anneal.Lab.Live;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal study estimate STUDY.yaml</c></summary>
internal static class StudyEstimateCommand
{
    public static Command Create()
    {
        var (file, lab) = (new Argument<string>("study") { Description = "The study's YAML file.", HelpName = "STUDY.yaml" }, CommonOptions.Lab());
        var sitting = new SittingChoice();
        var command = sitting.On(new Verb("estimate", "Says what a study can cost at most and will probably cost. Nothing is asked or spent.",
            ("anneal study estimate mine.yaml", "FLOPs, time and dollars, from the study's limits and the prices in models.yaml."),
            ("anneal study estimate mine.yaml --researcher claude --usd 5", "What it would cost if Claude proposed."))
        { file, lab });
        command.SetAction(call => Estimate(call, StudyFile.Load(call.GetRequiredValue(file)), sitting.Of(call), call.GetRequiredValue(lab)));
        return command;
    }

    private static int Estimate(ParseResult call, StudySpec asked, SittingOptions options, string lab)
    {
        var output = new Output(call);
        var estimate = CostEstimate.Of(ResearcherChoice.Settle(asked, options, null), options, lab);
        if (output.Json)
            output.Document(estimate.Document());
        else
            Print(output.Results, estimate);
        return ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, CostEstimate estimate)
    {
        var (spec, budget) = (estimate.Spec, estimate.Budget);
        console.WriteLine($"Study {spec.Study}: researcher {spec.Researcher}, at most {Units.Plural(spec.Budget.Experiments, "experiment")}.");
        if (budget is not null)
            console.WriteLine($"Compute: {(spec.Budget.Flops is { } limit ? $"at most {Units.Flops(limit)}" : "no limit of FLOPs")}, at {Units.Flops(estimate.Run!.Value)} a full run; {Units.Flops(budget.Noise)} for the noise, {Units.Flops(budget.Seal)} kept for the sealed comparison.");
        if (spec.Budget.Seconds is { } seconds)
            console.WriteLine($"Time: at most {Units.Duration(seconds)}.");
        console.WriteLine(estimate.Model is { } model ? $"Money: {StudyWords.Estimate(model)}." : "Money: none.");
    }
}

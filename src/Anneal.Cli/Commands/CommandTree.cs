using System.CommandLine;
using System.CommandLine.Help;
using Anneal.Cli.Terminal;

namespace Anneal.Cli.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Root()
    {
        var root = new RootCommand("Anneal runs language-model pre-training experiments and keeps only those changes that it has proved.")
        {
            DoctorCommand.Create(),
            StudyCommand.Create(),
            TrainCommand.Create(),
            WatchCommand.Create(),
            EvalCommand.Create(),
            SampleCommand.Create(),
            CompareCommand.Create(),
            McpCommand.Create(),
            new Verb("data", "Text in, token shards out.") { DataPrepareCommand.Create() },
            CommonOptions.Json,
            CommonOptions.Verbose,
        };
        var help = new HelpPage(
        [
            ("anneal doctor", "Is this machine ready? What can it do?"),
            ("anneal study run samples/first-study/study.yaml", "Propose, test and prove changes until the budget ends; then open the report."),
            ("anneal train samples/first-study/baseline.yaml --out runs/first", "Train one recipe."),
            ("anneal watch -- python train.py", "Put it in front of any training command: what goes wrong is named early."),
        ]);
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.SetAction(help.Invoke);
        return root;
    }
}

using System.CommandLine;
using Anneal.Cli.Live;
using Anneal.Cli.Terminal;
using Anneal.Lab.Watching;
using Anneal.Runs;
using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal watch [--policy observe|act] [--run-dir DIR] -- COMMAND...</c></summary>
internal static class WatchCommand
{
    /// <summary>The watch itself could not do its work and no command was started; as with <c>timeout</c> and <c>env</c>.</summary>
    private const int OwnFailure = 125;

    private static readonly Argument<string[]> Words = new("command") { Description = "The training command and its arguments, after -- and after all options.", HelpName = "-- COMMAND", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Policy = new("--policy") { Description = "observe writes incidents down and touches nothing; act repairs what the trainer can do, else ends the command.", HelpName = "observe|act", DefaultValueFactory = _ => "observe" };
    private static readonly Option<string?> RunDir = new("--run-dir") { Description = "Where metrics, incidents and the end of the output are kept. Default: runs/watch-<time>.", HelpName = "DIR" };
    private static readonly Option<int> Restart = new("--restart") { Description = "Start a crashed command again, at most N times, after a wait that doubles.", HelpName = "N" };
    private static readonly Option<double> Grace = new("--grace") { Description = "Seconds that the command may take to end after it was asked to.", HelpName = "S", DefaultValueFactory = _ => 30 };
    private static readonly Option<int> Steps = new("--steps") { Description = "Steps of the whole run, where the command does not print it.", HelpName = "N" };
    private static readonly Option<string?> Reference = new("--reference") { Description = "A recorded run to compare with: its folder, or a metrics file.", HelpName = "RUN" };
    private static readonly Option<string?> LogDir = new("--logdir") { Description = "TensorBoard event files that carry the steps. Default: what the command line names.", HelpName = "DIR" };

    private static readonly Option<string?> Recording = new("--replay") { Description = "Watch a recorded stream instead of a command: metrics.jsonl, compressed or not, or what a trainer printed; - is standard input. Its policy is act unless told: nothing can be harmed.", HelpName = "FILE" };

    private static readonly Option<bool> OverLab = new("--replay-policy") { Description = "Watch all finished runs of the lab again: would the policy have stopped any that ended among the best quarter? Exit code 1 if so." };
    private static readonly Option<string> Lab = LabOption();

    private static readonly RunViews Views = new();
    private static readonly DiagnoseOptions Diagnose = new();

    public static Command Create()
    {
        var command = Diagnose.On(Views.On(new Verb("watch", "Runs any training command and watches it: output and exit code stay as they are, what goes wrong is named early.",
            ("anneal watch -- python train.py --lr 3e-4", "Watches; touches nothing."),
            ("anneal watch --policy act --restart 3 -- torchrun --nproc_per_node 8 train.py", "Repairs or ends a failing run; starts a crashed one again."),
            ("anneal watch --replay metrics.jsonl.gz", "The same eyes over a recorded run: what they would have seen, and when."))
        { Words, Policy, RunDir, Restart, Grace, Steps, Reference, LogDir, Recording, OverLab, Lab }));
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(Recording) is not null, result.GetValue(OverLab), result.GetValue(Words) is { Length: > 0 } }.Count(asked => asked) > 1)
                result.AddError("watches one thing at a time: a command after --, --replay FILE, or --replay-policy");
        });
        command.SetAction((call, cancel) => call.GetValue(OverLab) ? Task.FromResult(WatchPolicyReplay.Run(new Output(call), call.GetRequiredValue(Lab), GivenPolicy(call), cancel))
            : call.GetValue(Recording) is { } recording ? ReplayAsync(call, recording, cancel)
            : WatchAsync(call));
        return command;
    }

    private static async Task<int> WatchAsync(ParseResult call)
    {
        var output = new Output(call);
        var job = new WatchJob
        {
            Command = call.GetValue(Words) is { Length: > 0 } words ? words : throw new InputException("anneal watch", "names no command; write it after --: anneal watch -- python train.py"),
            Directory = call.GetValue(RunDir) ?? WatchJob.DefaultDirectory(DateTime.UtcNow),
            Policy = PolicyOf(call),
            Restarts = call.GetValue(Restart) is >= 0 and var restarts ? restarts : throw new InputException("--restart", "is below 0: expected how often a crashed command may be started again"),
            Grace = call.GetValue(Grace) is >= 0 and <= 86_400 and var grace ? TimeSpan.FromSeconds(grace) : throw new InputException("--grace", "expected seconds from 0 to 86400"),
            Steps = Math.Max(0, call.GetValue(Steps)),
            Reference = call.GetValue(Reference),
            LogDirectory = call.GetValue(LogDir),
            Diagnose = Diagnose.Of(call),
            Lab = call.GetResult(Lab) is { Implicit: false } ? call.GetRequiredValue(Lab) : null,
        };
        Interrupt.Relayed = true;
        WatchResult result;
        try
        {
            using var view = Views.Open(call, output, string.Join(' ', job.Command), $"Signals go to the command. Kept in {job.Directory}", job.Steps);
            result = await job.RunAsync(
                view.Around(Console.OpenStandardOutput(), !Console.IsOutputRedirected),
                view.Around(Console.OpenStandardError(), !Console.IsErrorRedirected),
                view);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Say($"anneal: {e.Message}");
            return OwnFailure;
        }
        if (output.Json) Console.Error.WriteLine(result.Document().ToJsonString());
        return result.ExitCode;
    }

    private static Task<int> ReplayAsync(ParseResult call, string recording, CancellationToken cancel) => WatchReplay.RunAsync(
        new Output(call),
        recording,
        new MonitorOptions
        {
            Steps = Math.Max(0, call.GetValue(Steps)),
            Policy = GivenPolicy(call) ?? MonitorPolicy.Act,
            Reference = call.GetValue(Reference) is { } reference ? ReferenceCurve.Load(reference) : [],
        },
        call.GetValue(CommonOptions.Verbose),
        cancel);

    private static Option<string> LabOption()
    {
        var lab = CommonOptions.Lab();
        lab.Description = "The lab's folder: whose runs --replay-policy watches; named with a command, its ledger takes in what was done to the run.";
        return lab;
    }

    private static MonitorPolicy? GivenPolicy(ParseResult call) => call.GetResult(Policy) is { Implicit: false } ? PolicyOf(call) : null;

    private static MonitorPolicy PolicyOf(ParseResult call) => call.GetRequiredValue(Policy) switch
    {
        "observe" => MonitorPolicy.Observe,
        "act" => MonitorPolicy.Act,
        var other => throw new InputException("--policy", $"is `{other}`; {NearestWord.Hint(other, ["observe", "act"])}"),
    };
}

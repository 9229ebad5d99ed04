using Anneal.Runs;

namespace Anneal.Worker;

/// <summary>The worker's verbs. Results go to files or standard output, errors to standard error.</summary>
internal static class Verbs
{
    private const string Usage = """
        Anneal.Worker train RUN_DIR   train the run whose order.json lies in RUN_DIR; goes on from its newest checkpoint
        Anneal.Worker evaluate        read evaluation requests, answer results; one JSON object a line
        Anneal.Worker sample          read sampling requests, answer texts; one JSON object a line
        Anneal.Worker check           read requests to check a recipe's code, answer facts; one JSON object a line
        Anneal.Worker logits CHECKPOINT ORDER   answer token rows with a checkpoint's logits, see docs/logits.md; ORDER is the run's order.json
        """;

    /// <summary>Runs a verb; returns the exit code.</summary>
    public static int Run(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["train", var directory]:
                    return TrainingRun.Train(directory);
                case ["evaluate"]:
                    RequestLoop.Evaluate(Console.OpenStandardInput(), Console.OpenStandardOutput());
                    return ExitCode.Done;
                case ["sample"]:
                    RequestLoop.Sample(Console.OpenStandardInput(), Console.OpenStandardOutput());
                    return ExitCode.Done;
                case ["check"]:
                    RequestLoop.Check(Console.OpenStandardInput(), Console.OpenStandardOutput());
                    return ExitCode.Done;
                case ["logits", var checkpoint, var order]:
                    LogitsVerb.Serve(checkpoint, order, Console.OpenStandardInput(), Console.OpenStandardOutput());
                    return ExitCode.Done;
                default:
                    var hint = args is [var verb, ..] && NearestWord.Find(verb, ["train", "evaluate", "sample", "check", "logits"]) is { } near && near != verb ? $"`{verb}` is no verb; did you mean `{near}`?{Environment.NewLine}" : "";
                    Console.Error.WriteLine(hint + Usage);
                    return ExitCode.BadInput;
            }
        }
        catch (InputException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{string.Join(' ', args)}: the disk or a pipe refused: {e.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return ExitCode.Failed;
        }
    }
}

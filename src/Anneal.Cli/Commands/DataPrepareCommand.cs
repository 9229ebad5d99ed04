using System.CommandLine;
using Anneal.Cli.Terminal;
using Anneal.Data;
using Anneal.Lab.Reports;
using Spectre.Console;

namespace Anneal.Cli.Commands;

/// <summary><c>anneal data prepare SOURCE... --out DIR</c></summary>
internal static class DataPrepareCommand
{
    private static readonly Argument<string[]> Sources = new("source")
    {
        Description = "dotnet-docs, man-pages, a file or folder of .txt, .md or .jsonl (also .gz), or - for JSON lines on standard input.",
        Arity = ArgumentArity.OneOrMore,
        HelpName = "SOURCE",
    };

    private static readonly Option<string> Out = new("--out") { Description = "Where the corpus shall lie.", HelpName = "DIR", Required = true };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the split.", HelpName = "N", DefaultValueFactory = _ => new CorpusOptions().Seed };
    private static readonly Option<double> Validation = new("--validation") { Description = "Share of the bytes held out for validation.", HelpName = "SHARE", DefaultValueFactory = _ => new CorpusOptions().Validation };
    private static readonly Option<double> Test = new("--test") { Description = "Share of the bytes sealed for the test.", HelpName = "SHARE", DefaultValueFactory = _ => new CorpusOptions().Test };

    public static Command Create()
    {
        var command = new Verb("prepare", "Reads text, removes exact and near duplicates, and splits it into train, validation and a sealed test side.",
            ("anneal data prepare dotnet-docs --out corpora/docs", "The reference documentation that came with this machine's .NET SDK."),
            ("anneal data prepare notes/ book.jsonl.gz --out corpora/mine", "Your own text; a JSON line is an object with a \"text\" key."),
            ("cat texts.jsonl | anneal data prepare - --out corpora/piped", "JSON lines from another program."))
        { Sources, Out, Seed, Validation, Test };
        command.SetAction(PrepareAsync);
        return command;
    }

    private static async Task<int> PrepareAsync(ParseResult call, CancellationToken cancel)
    {
        var output = new Output(call);
        var options = new CorpusOptions { Seed = call.GetValue(Seed), Validation = call.GetValue(Validation), Test = call.GetValue(Test) };
        var (sources, directory) = (call.GetRequiredValue(Sources), call.GetRequiredValue(Out));
        // An interruption is answered at once; what was half made is no corpus.
        var corpus = await Task.Run(() => Corpus.Prepare(sources, directory, options, new Lines(output)), cancel).WaitAsync(cancel);
        if (output.Json)
            output.Document(CorpusDocument.Of(corpus));
        else
            Print(output, corpus);
        return ExitCode.Done;
    }

    private static void Print(Output output, Corpus corpus)
    {
        var manifest = corpus.Manifest;
        var table = Tables.Of(["side", "#documents", "#bytes"]);
        foreach (var (name, side) in ((string, SplitSize)[])[("train", manifest.Train), ("validation", manifest.Validation), ("test (sealed)", manifest.Test)])
            table.AddRow(name, $"{side.Documents:N0}", $"{side.Bytes:N0}");
        output.Results.Write(table);
        output.Results.WriteLine($"{manifest.ExactDuplicates:N0} exact and {manifest.NearDuplicates:N0} near duplicates of {manifest.DocumentsRead:N0} documents removed; "
            + $"{Units.Plural(manifest.Domains.Count, "domain")}.");
        output.Results.WriteLine($"The corpus lies in {PlainText.Clean(corpus.Directory)}");
    }
}

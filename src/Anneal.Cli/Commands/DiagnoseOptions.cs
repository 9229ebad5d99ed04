using System.CommandLine;
using Anneal.Lab.Diagnoses;
using Anneal.Runs;

namespace Anneal.Cli.Commands;

/// <summary>Options that let a language model give second opinions on a run's incidents.</summary>
internal sealed class DiagnoseOptions
{
    private readonly Option<string?> _who = new("--diagnose") { Description = "Ask a language model about incidents, in the background: claude, openai, or the file of a transcript. Needs a key and --usd. Default: whoever has a key, if there is a limit.", HelpName = "NAME" };
    private readonly Option<double?> _usd = new("--usd") { Description = "Most dollars for second opinions on this run, restarts included.", HelpName = "N" };
    private readonly Option<string?> _model = new("--model") { Description = "Model to ask, by its name in models.yaml. Default: that file's.", HelpName = "NAME" };

    /// <summary>The command with these options.</summary>
    public T On<T>(T command) where T : Command
    {
        foreach (var option in (Option[])[_who, _usd, _model]) command.Add(option);
        return command;
    }

    /// <summary>What a call asks for; null: nobody is to be asked.</summary>
    /// <exception cref="InputException">A limit that is none.</exception>
    public DiagnosisChoice? Of(ParseResult call)
    {
        var (who, usd) = (call.GetValue(_who), call.GetValue(_usd));
        if (usd is { } limit && !(limit > 0 && double.IsFinite(limit))) throw new InputException("--usd", $"is {limit}: expected dollars above 0, for example 2 or 0.50");
        return who is null && usd is null ? null : new DiagnosisChoice { Who = who, Usd = usd, Model = call.GetValue(_model) };
    }
}

using System.CommandLine;
using Anneal.Lab;

namespace Anneal.Cli.Commands;

/// <summary>Options of <c>study run</c> and <c>study resume</c> that say how a sitting works: who proposes, at what price, from where.</summary>
internal sealed class SittingChoice
{
    private readonly Option<string?> _researcher = new("--researcher") { Description = "Who proposes: claude, openai, embedded, mcp (wait for what is handed in), or auto (a model where there are a key and a dollar budget). Default: the study's.", HelpName = "NAME" };
    private readonly Option<string?> _model = new("--model") { Description = "Model to ask, by its name in models.yaml. Default: that file's.", HelpName = "NAME" };
    private readonly Option<string?> _effort = new("--effort") { Description = "How hard the model shall think. Default: that file's.", HelpName = "LEVEL" };
    private readonly Option<double?> _usd = new("--usd") { Description = "Most dollars for the model over all sittings. Default: the study's budget.usd.", HelpName = "N" };
    private readonly Option<string?> _replay = new("--replay") { Description = "Answer from a transcript instead of a model; no network, no cost.", HelpName = "FILE" };
    private readonly Option<bool> _unsandboxed = new("--allow-unsandboxed") { Description = "Run code of proposals though there is no sandbox here. It can do whatever you can." };

    public SittingChoice() => _usd.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !(double.TryParse(token.Value, out var usd) && usd > 0 && double.IsFinite(usd)))
            result.AddError($"--usd is `{token.Value}`: expected dollars above 0, for example 5 or 0.50");
    });

    /// <summary>The command with these options.</summary>
    public T On<T>(T command) where T : Command
    {
        foreach (var option in (Option[])[_researcher, _model, _effort, _usd, _replay, _unsandboxed])
            command.Add(option);
        return command;
    }

    /// <summary>What a call asks for.</summary>
    /// <exception cref="Anneal.Runs.InputException">The transcript is not there.</exception>
    public SittingOptions Of(ParseResult call)
    {
        var replay = call.GetValue(_replay);
        if (replay is not null && !File.Exists(replay))
            throw new Anneal.Runs.InputException(replay, "is not there; name a transcript, made with `anneal study transcript STUDY --out FILE`");
        return new SittingOptions
        {
            Researcher = call.GetValue(_researcher),
            Model = call.GetValue(_model),
            Effort = call.GetValue(_effort),
            Usd = call.GetValue(_usd),
            Replay = replay is null ? null : Path.GetFullPath(replay),
            AllowUnsandboxed = call.GetValue(_unsandboxed),
        };
    }
}

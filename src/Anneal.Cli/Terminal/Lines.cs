namespace Anneal.Cli.Terminal;

/// <summary>Progress as plain lines on standard error, in the order in which it is reported.</summary>
internal sealed class Lines(Output output) : IProgress<string>
{
    public void Report(string value) => output.Say(value);
}

using Anneal.Cli.Commands;
using Anneal.Cli.Terminal;

var call = CommandTree.Root().Parse(args);
return Misuse.Of(call) is { } misuse ? misuse.Explain() : await Call.InvokeAsync(call);

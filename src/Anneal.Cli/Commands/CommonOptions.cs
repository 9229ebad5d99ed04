using System.CommandLine;

namespace Anneal.Cli.Commands;

/// <summary>Options that mean the same wherever they appear.</summary>
internal static class CommonOptions
{
    /// <summary>Print exactly one JSON document on standard output.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as one JSON document on standard output.", Recursive = true };

    /// <summary>Show the stack of an unexpected failure.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show the stack of an unexpected failure.", Recursive = true };

    /// <summary>The lab's folder.</summary>
    public static Option<string> Lab() => new("--lab") { Description = "The lab's folder: ledger, runs, corpora.", HelpName = "DIR", DefaultValueFactory = _ => ".anneal" };

    /// <summary>Overrides of a recipe.</summary>
    public static Option<string[]> Set() => new("--set") { Description = "Override a recipe key; may be repeated. For example --set optimizer.lr=0.004.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
}

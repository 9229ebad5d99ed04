using System.CommandLine;

namespace Anneal.Cli.Terminal;

/// <summary>A command that teaches: its help shows examples before anything else.</summary>
/// <param name="name">The word.</param>
/// <param name="description">What it does, in one sentence.</param>
/// <param name="examples">Lines to copy, each with what it does.</param>
internal sealed class Verb(string name, string description, params (string Line, string Does)[] examples) : Command(name, description)
{
    public IReadOnlyList<(string Line, string Does)> Examples => examples;
}

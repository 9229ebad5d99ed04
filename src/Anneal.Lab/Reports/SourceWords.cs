using Anneal.Lab.Research;

namespace Anneal.Lab.Reports;

/// <summary>Who proposed, in honest words: nothing built in, handed in, scripted or recorded passes for a language model at work.</summary>
public static class SourceWords
{
    /// <summary>The proposer without the way it took: <c>embedded</c>, <c>model:NAME</c>, <c>replay:NAME</c>, <c>mcp:CLIENT</c>.</summary>
    /// <param name="proposal">Any proposal.</param>
    public static string Proposer(Proposal proposal) => ProposalSource.Of(proposal) == ProposalSource.Embedded ? ProposalSource.Embedded : proposal.Source;

    /// <summary>What a proposer is.</summary>
    /// <param name="proposer">From <see cref="Proposer"/>.</param>
    public static string Kind(string proposer) => proposer.Split(':', 2) switch
    {
        ["model", "scripted"] => "a script in a model's place; no language model was asked",
        ["replay", "scripted"] => "replay of a script; no language model was ever asked",
        ["model", var name] => $"language model {PlainText.Clean(name)}",
        ["replay", var name] => $"replay of language model {PlainText.Clean(name)}",
        ["mcp", var client] => $"handed in by MCP client {PlainText.Clean(client)}",
        ["inbox", ..] => "handed in",
        _ => "built-in ideas and search; not a language model",
    };
}

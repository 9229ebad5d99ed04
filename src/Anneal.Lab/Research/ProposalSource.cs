namespace Anneal.Lab.Research;

/// <summary>The sources between which a study shares its proposals.</summary>
public static class ProposalSource
{
    /// <summary>The built-in ideas, search and bundles.</summary>
    public const string Embedded = "embedded";

    /// <summary>A language model, or a recording of one.</summary>
    public const string Model = "model";

    /// <summary>Proposals handed in from outside.</summary>
    public const string Inbox = "inbox";

    /// <summary>The source of a proposal, by its <see cref="Proposal.Source"/>: what stands before the colon, and all of the built-in researcher's ways as one.</summary>
    /// <param name="proposal">Any proposal.</param>
    public static string Of(Proposal proposal) => proposal.Source.Split(':')[0] switch
    {
        Model or "replay" => Model,
        Inbox or "mcp" => Inbox,
        _ => Embedded,
    };
}

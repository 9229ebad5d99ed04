namespace Anneal.Lab.Providers;

/// <summary>Limits of a conversation.</summary>
internal sealed record ConversationOptions
{
    /// <summary>Most calls.</summary>
    public int Turns { get; init; } = 24;

    /// <summary>Most tokens of an answer; raised once to twice as many where an answer was cut off.</summary>
    public int MaxTokens { get; init; } = 8192;

    /// <summary>Characters of the turns above which old tool results give way to a note.</summary>
    public int Characters { get; init; } = 160_000;

    /// <summary>Newest tool results that stay.</summary>
    public int KeptResults { get; init; } = 3;

    /// <summary>Most characters of one tool result.</summary>
    public int ResultCharacters { get; init; } = 24_000;

    /// <summary>What is said once to a model that ends its turn without reaching the conversation's end.</summary>
    public string Reminder { get; init; } = "You ended your turn, but the conversation has not reached its end: call the tool that ends it, or say in one sentence why you will not.";
}

namespace Anneal.Lab.Providers;

/// <summary>How a conversation ended.</summary>
/// <param name="Outcome">Whether it has what it was for.</param>
/// <param name="Reason">In a sentence; of a conversation that reached its end, the last tool's answer.</param>
/// <param name="Turns">Turns that were asked for.</param>
internal sealed record ConversationEnd(ConversationOutcome Outcome, string Reason, int Turns)
{
    /// <summary>What kind of no the model gave; null where it answered.</summary>
    public ModelFailure? Failure { get; init; }

    /// <summary>Model that answered last, as it names itself; empty where none did.</summary>
    public string Model { get; init; } = "";

    /// <summary>Last text that the model wrote, for example why it declined; foreign text.</summary>
    public string LastText { get; init; } = "";
}

/// <summary>Ends of a conversation.</summary>
internal enum ConversationOutcome
{
    /// <summary>A tool that ends it was called rightly.</summary>
    Reached,

    /// <summary>The model ended its turn without, also after a reminder.</summary>
    Declined,

    /// <summary>The model refused to answer.</summary>
    Refused,

    /// <summary>It went on for too many turns, or its answers were cut off again and again.</summary>
    Endless,

    /// <summary>The next call does not fit into the budget.</summary>
    OutOfMoney,

    /// <summary>The model could not be asked.</summary>
    Failed,
}

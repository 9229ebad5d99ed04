namespace Anneal.Engine.Shards;

/// <summary>Exact place in a <see cref="TokenStream"/>: what a checkpoint keeps so that a resumed run reads on as if never stopped.</summary>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Document">Place in the epoch's document order, from 0.</param>
/// <param name="Offset">Tokens already taken from that document.</param>
/// <param name="Carry">The last look-ahead token, which starts the next batch; -1 before the first batch.</param>
/// <param name="CarryRepeated">Whether that token had been seen in an earlier pass over its document.</param>
public readonly record struct TokenCursor(long Epoch, int Document, int Offset, int Carry, bool CarryRepeated)
{
    /// <summary>The beginning of the stream.</summary>
    public static TokenCursor Start { get; } = new(0, 0, 0, -1, false);
}

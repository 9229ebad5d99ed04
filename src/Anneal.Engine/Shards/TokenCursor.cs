namespace Anneal.Engine.Shards;

/// <summary>Exact place in a <see cref="TokenStream"/>: what a checkpoint keeps so that a resumed run reads on as if never stopped.</summary>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Passage">Place in the epoch's passage order, from 0.</param>
/// <param name="Offset">Tokens already taken from that passage.</param>
/// <param name="Carry">The last look-ahead token, which starts the next batch; -1 before the first batch.</param>
/// <param name="CarryRepeated">Whether that token had been seen in an earlier pass over its passage.</param>
public readonly record struct TokenCursor(long Epoch, int Passage, int Offset, int Carry, bool CarryRepeated)
{
    /// <summary>The beginning of the stream.</summary>
    public static TokenCursor Start { get; } = new(0, 0, 0, -1, false);
}

namespace Anneal.Engine.Shards;

/// <summary>
/// An endless stream of training tokens: the shard's documents, shuffled anew each epoch by the order seed and concatenated,
/// each with its end-of-text token. Batches are consecutive pieces of it, so two recipes with the same order seed read the
/// same text in the same order whatever their batch or context.
/// </summary>
public sealed class TokenStream
{
    private readonly Shard shard;
    private readonly int[] starts; // [documents + 1]: token offsets of document starts, then the shard's length
    private readonly DocumentOrder order;
    private readonly bool[] seen; // [documents]: a pass over the document has begun
    private long epoch = -1;
    private int place; // in the epoch's order
    private int offset;
    private int carry = -1;
    private bool carryRepeated;
    private bool repeated; // the current pass over the current document is not its first

    /// <summary>Opens a stream at its beginning.</summary>
    /// <param name="shard">Train shard; stays the caller's to dispose, after the stream's last use.</param>
    /// <param name="orderSeed">Seed of the document order.</param>
    /// <param name="documentWeights">Expected passes over each document an epoch, 0 or more; null means once each.</param>
    /// <param name="endOfText">Token that ends a document; null takes the shard's last token.</param>
    /// <exception cref="ArgumentException">The shard is empty, or the weights are not one finite number &gt;= 0 a document with a positive sum.</exception>
    public TokenStream(Shard shard, long orderSeed, float[]? documentWeights = null, int? endOfText = null)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (shard.Length < 2) throw new ArgumentException($"{shard.Path}: {shard.Length} tokens are too few to train on.", nameof(shard));
        this.shard = shard;
        starts = FindDocuments(shard.Tokens, (ushort)(endOfText ?? shard.Tokens[^1]));
        CheckWeights(documentWeights);
        order = new(Documents, orderSeed, documentWeights?.ToArray());
        seen = new bool[Documents];
        Cursor = TokenCursor.Start;
    }

    /// <summary>Documents in the shard.</summary>
    public int Documents => starts.Length - 1;

    /// <summary>Largest token id in the shard; reads all of it.</summary>
    public int LargestToken
    {
        get
        {
            var largest = 0;
            foreach (var token in shard.Tokens) largest = Math.Max(largest, token);
            return largest;
        }
    }

    /// <summary>Share of the last batch's tokens that had been read before in this run, 0 to 1.</summary>
    public double RepeatFraction { get; private set; }

    /// <summary>Place of the next batch. Setting it (at a cost of one shuffle for every epoch before) continues exactly from there.</summary>
    public TokenCursor Cursor
    {
        get => new(epoch, place, offset, carry, carryRepeated);
        set => Seek(value);
    }

    /// <summary>
    /// Reads the next batch with its look-ahead token: <c>tokens[0..^1]</c> are inputs, <c>tokens[1..]</c> their targets;
    /// the stream advances by <c>tokens.Length - 1</c>.
    /// </summary>
    /// <param name="tokens">Destination, batch tokens + 1 (at least 2).</param>
    public void Next(Span<int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens.Length, 2, nameof(tokens));
        var batch = tokens.Length - 1;
        var repeats = 0;
        var filled = 0;
        if (carry >= 0)
        {
            tokens[filled++] = carry;
            if (carryRepeated) repeats++;
        }

        var source = shard.Tokens;
        while (filled < tokens.Length)
        {
            var start = starts[CurrentDocument] + offset;
            var take = Math.Min(starts[CurrentDocument + 1] - start, tokens.Length - filled);
            for (var i = 0; i < take; i++) tokens[filled + i] = source[start + i];
            filled += take;
            // The look-ahead token counts in the batch that it starts.
            if (repeated) repeats += filled == tokens.Length ? take - 1 : take;
            carryRepeated = repeated;
            Advance(take);
        }

        carry = tokens[^1];
        RepeatFraction = (double)repeats / batch;
    }

    private int CurrentDocument => order.Documents[place];

    private void Advance(int tokens)
    {
        offset += tokens;
        var document = CurrentDocument;
        if (starts[document] + offset < starts[document + 1]) return;
        place++;
        offset = 0;
        if (place == order.Count) BeginEpoch(epoch + 1);
        BeginDocument();
    }

    private void BeginEpoch(long number)
    {
        // Small weights can leave an epoch without a document; the next one is drawn then.
        place = 0;
        for (epoch = number; ; epoch++)
        {
            order.Shuffle(epoch);
            if (order.Count > 0) return;
        }
    }

    private void BeginDocument()
    {
        repeated = seen[CurrentDocument];
        seen[CurrentDocument] = true;
    }

    private void Seek(TokenCursor cursor)
    {
        if (cursor.Epoch is < 0 or > 1_000_000) throw new ArgumentException($"{cursor}: the epoch is out of range.", nameof(cursor));
        Array.Clear(seen);
        for (long earlier = 0; earlier < cursor.Epoch; earlier++)
        {
            order.Shuffle(earlier);
            foreach (var document in order.Documents) seen[document] = true;
        }

        BeginEpoch(cursor.Epoch);
        place = cursor.Document;
        if (place < 0 || place >= order.Count || cursor.Offset < 0 || cursor.Offset >= LengthOf(order.Documents[place]))
            throw new ArgumentException($"{cursor} lies outside {shard.Path}: was the shard replaced since the checkpoint?", nameof(cursor));
        foreach (var document in order.Documents[..place]) seen[document] = true;
        BeginDocument();
        offset = cursor.Offset;
        carry = cursor.Carry;
        carryRepeated = cursor.CarryRepeated;
    }

    private int LengthOf(int document) => starts[document + 1] - starts[document];

    private static int[] FindDocuments(ReadOnlySpan<ushort> tokens, ushort endOfText)
    {
        var found = new List<int> { 0 };
        for (var at = 0; at < tokens.Length;)
        {
            var next = tokens[at..].IndexOf(endOfText);
            at = next < 0 ? tokens.Length : at + next + 1;
            found.Add(at);
        }

        return [.. found];
    }

    private void CheckWeights(float[]? weights)
    {
        if (weights is null) return;
        if (weights.Length != Documents)
            throw new ArgumentException($"{shard.Path} has {Documents} documents, the mixture gives {weights.Length} weights.", nameof(weights));
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]) || weights[i] < 0 || weights[i] > 1000)
                throw new ArgumentException($"The weight of document {i} is {weights[i]}; it must be from 0 to 1000.", nameof(weights));
            sum += weights[i];
        }

        if (sum < 1e-3) throw new ArgumentException($"The document weights add up to {sum}: nothing is left to train on.", nameof(weights));
    }
}

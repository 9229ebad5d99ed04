namespace Anneal.Engine.Shards;

/// <summary>
/// An endless stream of training tokens: the shard's passages, shuffled anew each epoch by the order seed and concatenated.
/// A passage is a document with its end-of-text token, or <see cref="PassageTokens"/> of a longer one, so that a small batch
/// still holds several documents. Batches are consecutive pieces of the stream: two recipes with the same order seed read the
/// same text in the same order whatever their batch or context.
/// </summary>
public sealed class TokenStream
{
    /// <summary>Longest passage by default, in tokens: the reach of context in training.</summary>
    public const int PassageTokens = 256;

    private readonly Shard shard;
    private readonly int[] starts; // [passages + 1]: token offsets of passage starts, then the shard's length
    private readonly PassageOrder order;
    private readonly bool[] seen; // [passages]: a pass over the passage has begun
    private long epoch = -1;
    private int place; // in the epoch's order
    private int offset;
    private int carry = -1;
    private bool carryRepeated;
    private bool repeated; // the current pass over the current passage is not its first

    /// <summary>Opens a stream at its beginning.</summary>
    /// <param name="shard">Train shard; stays the caller's to dispose, after the stream's last use.</param>
    /// <param name="orderSeed">Seed of the document order.</param>
    /// <param name="documentWeights">Expected passes over each document an epoch, 0 or more; null means once each.</param>
    /// <param name="endOfText">Token that ends a document; null takes the shard's last token.</param>
    /// <param name="passageTokens">Longest passage, 1 or more; <see cref="int.MaxValue"/> keeps documents whole.</param>
    /// <exception cref="ArgumentException">The shard is empty, or the weights are not one finite number &gt;= 0 a document with a positive sum.</exception>
    public TokenStream(Shard shard, long orderSeed, float[]? documentWeights = null, int? endOfText = null, int passageTokens = PassageTokens)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentOutOfRangeException.ThrowIfLessThan(passageTokens, 1);
        if (shard.Length < 2) throw new ArgumentException($"{shard.Path}: {shard.Length} tokens are too few to train on.", nameof(shard));
        this.shard = shard;
        var documents = FindDocuments(shard.Tokens, (ushort)(endOfText ?? shard.Tokens[^1]));
        Documents = documents.Length - 1;
        CheckWeights(documentWeights);
        (starts, var weights) = CutPassages(documents, documentWeights, passageTokens);
        order = new(starts.Length - 1, orderSeed, weights);
        seen = new bool[starts.Length - 1];
        Cursor = TokenCursor.Start;
    }

    /// <summary>Documents in the shard.</summary>
    public int Documents { get; }

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
            var start = starts[CurrentPassage] + offset;
            var take = Math.Min(starts[CurrentPassage + 1] - start, tokens.Length - filled);
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

    private int CurrentPassage => order.Passages[place];

    private void Advance(int tokens)
    {
        offset += tokens;
        var passage = CurrentPassage;
        if (starts[passage] + offset < starts[passage + 1]) return;
        place++;
        offset = 0;
        if (place == order.Count) BeginEpoch(epoch + 1);
        BeginPassage();
    }

    private void BeginEpoch(long number)
    {
        // Small weights can leave an epoch without a passage; the next one is drawn then.
        place = 0;
        for (epoch = number; ; epoch++)
        {
            order.Shuffle(epoch);
            if (order.Count > 0) return;
        }
    }

    private void BeginPassage()
    {
        repeated = seen[CurrentPassage];
        seen[CurrentPassage] = true;
    }

    private void Seek(TokenCursor cursor)
    {
        if (cursor.Epoch is < 0 or > 1_000_000) throw new ArgumentException($"{cursor}: the epoch is out of range.", nameof(cursor));
        Array.Clear(seen);
        for (long earlier = 0; earlier < cursor.Epoch; earlier++)
        {
            order.Shuffle(earlier);
            foreach (var passage in order.Passages) seen[passage] = true;
        }

        BeginEpoch(cursor.Epoch);
        place = cursor.Passage;
        if (place < 0 || place >= order.Count || cursor.Offset < 0 || cursor.Offset >= LengthOf(order.Passages[place]))
            throw new ArgumentException($"{cursor} lies outside {shard.Path}: was the shard replaced since the checkpoint?", nameof(cursor));
        foreach (var passage in order.Passages[..place]) seen[passage] = true;
        BeginPassage();
        offset = cursor.Offset;
        carry = cursor.Carry;
        carryRepeated = cursor.CarryRepeated;
    }

    private int LengthOf(int passage) => starts[passage + 1] - starts[passage];

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

    /// <summary>Cuts documents into passages, each with its document's weight.</summary>
    /// <param name="documents">[documents + 1] token offsets.</param>
    /// <param name="documentWeights">[documents], or null.</param>
    /// <param name="passageTokens">Longest passage.</param>
    private static (int[] Starts, float[]? Weights) CutPassages(int[] documents, float[]? documentWeights, int passageTokens)
    {
        var cuts = new List<int>();
        var weights = documentWeights is null ? null : new List<float>();
        for (var document = 0; document < documents.Length - 1; document++)
        {
            for (long at = documents[document]; at < documents[document + 1]; at += passageTokens)
            {
                cuts.Add((int)at);
                weights?.Add(documentWeights![document]);
            }
        }

        cuts.Add(documents[^1]);
        return ([.. cuts], weights?.ToArray());
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

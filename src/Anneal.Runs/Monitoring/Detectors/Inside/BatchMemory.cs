namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The last batches by their fingerprints, in the order in which they were read: a ring, and an open-addressed index into it. Nothing
/// is allocated before the first batch that names itself.
/// </summary>
internal sealed class BatchMemory
{
    /// <summary>Batches remembered.</summary>
    public const int Size = 1 << 14;

    private const int Slots = Size * 2;

    private (ulong Hash, int Step)[] ring = [];
    private int[] index = []; // place in the ring plus one; 0 is free

    /// <summary>Batches taken in so far.</summary>
    public long Count { get; private set; }

    /// <summary>Position of the oldest batch still remembered.</summary>
    public long Oldest => Math.Max(0, Count - Size);

    /// <summary>Position and step of the last reading of a batch; null where it is not remembered.</summary>
    public (long Position, int Step)? Find(ulong hash)
    {
        if (Count == 0) return null;
        for (var slot = Slot(hash); index[slot] != 0; slot = (slot + 1) % Slots)
        {
            var place = index[slot] - 1;
            if (ring[place].Hash != hash) continue;
            var position = Count - 1 - ((Count - 1 - place) % Size + Size) % Size;
            return (position, ring[place].Step);
        }
        return null;
    }

    /// <summary>Takes in a batch.</summary>
    public void Add(ulong hash, int step)
    {
        if (ring.Length == 0) (ring, index) = (new (ulong, int)[Size], new int[Slots]);
        var place = (int)(Count % Size);
        if (Count >= Size) Remove(place);
        ring[place] = (hash, step);
        var slot = Slot(hash);
        while (index[slot] != 0 && ring[index[slot] - 1].Hash != hash) slot = (slot + 1) % Slots;
        index[slot] = place + 1;
        Count++;
    }

    /// <summary>64 bits of a fingerprint's text (FNV-1a).</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    private static int Slot(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15UL) >> (64 - 15));

    // Frees the slot that points to a place, and moves up those behind it.
    private void Remove(int place)
    {
        var slot = Slot(ring[place].Hash);
        while (index[slot] != place + 1)
        {
            if (index[slot] == 0) return; // a later reading of the same batch took the slot over
            slot = (slot + 1) % Slots;
        }
        index[slot] = 0;
        for (var next = (slot + 1) % Slots; index[next] != 0; next = (next + 1) % Slots)
        {
            var moved = index[next];
            index[next] = 0;
            var home = Slot(ring[moved - 1].Hash);
            while (index[home] != 0) home = (home + 1) % Slots;
            index[home] = moved;
        }
    }
}

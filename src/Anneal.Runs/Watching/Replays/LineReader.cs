namespace Anneal.Runs.Watching.Replays;

/// <summary>Cuts a stream into lines without copying them, in fixed memory: a line longer than the buffer is passed over.</summary>
/// <param name="source">Read to its end; not disposed of.</param>
/// <param name="longest">Bytes of the longest line.</param>
internal sealed class LineReader(Stream source, int longest = 1 << 20)
{
    private readonly byte[] buffer = new byte[longest];
    private int start, scanned, end;
    private bool passing, ended;

    /// <summary>Number of the line given last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The first line that was too long, and its beginning; null for none.</summary>
    public (long Line, byte[] Head)? TooLong { get; private set; }

    /// <summary>Lines that were too long.</summary>
    public long Passed { get; private set; }

    /// <summary>The next line that is there already, without its end; valid until the next call of <see cref="Fill"/>.</summary>
    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        while (start < end)
        {
            var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (found < 0 && !ended) break;
            var stop = found < 0 ? end : scanned + found;
            line = buffer.AsSpan(start, stop - start);
            start = scanned = found < 0 ? end : stop + 1;
            Line++;
            if (!passing) return true;
            passing = false;
        }
        scanned = end;
        line = default;
        return false;
    }

    /// <summary>Reads on; waits where nothing is there yet. False at the end.</summary>
    public bool Fill()
    {
        if (ended) return false;
        if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, scanned, end) = (0, scanned - start, end - start);
        if (end == buffer.Length)
        {
            if (!passing)
            {
                Passed++;
                TooLong ??= (Line + 1, buffer[..256]);
            }
            passing = true;
            (scanned, end) = (0, 0);
        }
        var read = source.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
        // A last line without an end is still to be given.
        return !ended || start < end;
    }
}

using System.Text;

namespace Anneal.Runs.Watching;

/// <summary>
/// Cuts a stream of bytes into lines, at line feeds and at carriage returns (progress that overwrites itself). A line is cut
/// off at a length, so that output without an end takes no memory.
/// </summary>
/// <param name="longest">Bytes of a line that are kept.</param>
public sealed class LineSplitter(int longest = 64 << 10)
{
    private readonly byte[] line = new byte[longest];
    private int length;

    /// <summary>Lines completed by these bytes; empty ones are left out.</summary>
    /// <param name="bytes">The next bytes.</param>
    public IReadOnlyList<string> Add(ReadOnlySpan<byte> bytes)
    {
        List<string>? lines = null;
        while (bytes.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            Keep(bytes[..end]);
            if (Take() is { } text) (lines ??= []).Add(text);
            bytes = bytes[(end + 1)..];
        }
        Keep(bytes);
        return lines ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What stands after the last line's end; null for nothing.</summary>
    public string? Take()
    {
        if (length == 0) return null;
        var text = Encoding.UTF8.GetString(line, 0, length);
        length = 0;
        return text;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, longest - length)];
        kept.CopyTo(line.AsSpan(length));
        length += kept.Length;
    }
}

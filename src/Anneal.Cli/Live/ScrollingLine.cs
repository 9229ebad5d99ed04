using System.Text;

namespace Anneal.Cli.Live;

/// <summary>The line that a command has begun and not ended: a progress bar, a question. It must be written again when something below it was erased.</summary>
internal sealed class ScrollingLine
{
    private const int Longest = 4096;

    private readonly List<byte> line = [];

    /// <summary>A line was begun and not ended.</summary>
    public bool IsOpen => line.Count > 0;

    /// <summary>As it was written, escape sequences included.</summary>
    public string Text => Encoding.UTF8.GetString([.. line]);

    /// <summary>Takes in what the command wrote.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.LastIndexOf((byte)'\n') is >= 0 and var end)
        {
            line.Clear();
            bytes = bytes[(end + 1)..];
        }
        // What a carriage return begins anew hides what stood there.
        if (bytes.Length > 0 && bytes[..^1].LastIndexOf((byte)'\r') is >= 0 and var back)
        {
            line.Clear();
            bytes = bytes[back..];
        }
        if (line.Count + bytes.Length <= Longest) line.AddRange(bytes);
    }

    /// <summary>Rows that it takes on a terminal.</summary>
    /// <param name="width">Of the terminal.</param>
    public int Rows(int width)
    {
        var (shown, escape) = (0, false);
        foreach (var rune in Text.EnumerateRunes())
        {
            if (escape) escape = !(rune.Value is >= 'A' and <= 'Z' or >= 'a' and <= 'z');
            else if (rune.Value == 0x1b) escape = true;
            else if (rune.Value >= ' ') shown++;
        }
        return Math.Max(1, (shown + width - 1) / Math.Max(1, width));
    }
}

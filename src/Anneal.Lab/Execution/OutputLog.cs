using System.Text;

namespace Anneal.Lab.Execution;

/// <summary>A stream of a run as a file of bounded size: its beginning as it comes, and its last words at the end.</summary>
internal sealed class OutputLog : IDisposable
{
    /// <summary>Bytes of the beginning that are kept.</summary>
    public const int Head = 4 << 20;

    /// <summary>Bytes of the end that are kept.</summary>
    public const int Tail = 64 << 10;

    private readonly FileStream file;
    private readonly byte[] tail = new byte[Tail];

    /// <param name="path">The file; replaced.</param>
    public OutputLog(string path) => file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <summary>Bytes that came, kept or not.</summary>
    public long Length { get; private set; }

    /// <summary>Takes in the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (Length < Head) file.Write(bytes[..(int)Math.Min(bytes.Length, Head - Length)]);
        for (var i = Math.Max(0, bytes.Length - Tail); i < bytes.Length; i++) tail[(Length + i) % Tail] = bytes[i];
        Length += bytes.Length;
    }

    /// <summary>Hands the beginning to the operating system, so that others can read along.</summary>
    public void Flush() => file.Flush();

    /// <summary>The last words.</summary>
    /// <param name="bytes">At most so many.</param>
    public string LastWords(int bytes)
    {
        var count = (int)Math.Min(Math.Min(bytes, Tail), Length);
        var words = new byte[count];
        for (var i = 0; i < count; i++) words[i] = tail[(Length - count + i) % Tail];
        return Encoding.UTF8.GetString(words);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Length > Head)
        {
            var rest = (int)Math.Min(Tail, Length - Head);
            file.Write(Encoding.UTF8.GetBytes($"\n[anneal: {Length - Head - rest} bytes left out]\n"));
            for (var i = 0; i < rest; i++) file.WriteByte(tail[(Length - rest + i) % Tail]);
        }
        file.Dispose();
    }
}

using System.IO.Compression;

namespace Anneal.Runs.Watching.Replays;

/// <summary>Opens a recording: a file or standard input, compressed or not, whatever its name says.</summary>
internal static class RecordedStream
{
    /// <summary>The word for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The recording's bytes, decompressed.</summary>
    /// <param name="path">A file, or <c>-</c>.</param>
    /// <exception cref="InputException">There is no such file, or it cannot be read.</exception>
    public static Stream Open(string path)
    {
        if (path == StandardInput) return Unpack(Console.OpenStandardInput());
        try
        {
            if (Directory.Exists(path)) throw new InputException(path, "is a folder; name a file of it, for example metrics.jsonl");
            return Unpack(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"cannot be read: {e.Message}");
        }
    }

    private static Stream Unpack(Stream raw)
    {
        var head = new byte[2];
        var read = raw.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        var whole = new PrefixedStream(head.AsMemory(0, read), raw);
        return read == 2 && head is [0x1f, 0x8b] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }
}

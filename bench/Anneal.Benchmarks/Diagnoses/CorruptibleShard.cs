using System.Runtime.InteropServices;
using System.Text;
using Anneal.Benchmarks.Durability;
using Anneal.Engine.Shards;

namespace Anneal.Benchmarks.Diagnoses;

/// <summary>A shard of made-up text, a byte a token, whose file can be overwritten while it is read.</summary>
internal sealed class CorruptibleShard : IDisposable
{
    /// <summary>Bytes and the end of text.</summary>
    public const int Vocab = 257;

    private readonly string path = Path.Combine(Path.GetTempPath(), $"anneal-bench-{Guid.NewGuid():N}.bin");
    private readonly ushort[] text;
    private readonly byte[] file;

    public CorruptibleShard()
    {
        text = [.. MadeUpLanguage.Documents(400).SelectMany(document => Encoding.UTF8.GetBytes(document).Select(b => (ushort)b).Append((ushort)256))];
        Shard.Write(path, text);
        file = File.ReadAllBytes(path);
        Shard = Shard.Open(path);
    }

    public Shard Shard { get; }

    /// <summary>Overwrites every token but the ends of text.</summary>
    public void Fill(Func<Random, int> token)
    {
        var random = new Random(5);
        Write([.. text.Select(t => t == 256 ? t : (ushort)token(random))]);
    }

    /// <summary>The text as it was.</summary>
    public void Restore() => Write(text);

    public void Dispose()
    {
        Shard.Dispose();
        File.Delete(path);
    }

    // Tokens are the file's tail.
    private void Write(ushort[] tokens)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = file.Length - 2L * text.Length;
        stream.Write(MemoryMarshal.AsBytes(tokens.AsSpan()));
    }
}

using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Anneal.Tests.Data;

/// <summary>A temporary folder for text and corpora.</summary>
internal sealed class Workplace : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("anneal-data-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var file = File.Create(path);
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            gzip.Write(bytes);
        }
        else
        {
            File.WriteAllBytes(path, bytes);
        }
        return path;
    }

    /// <summary>A JSON lines file of documents, each its own group.</summary>
    public string WriteDocuments(string name, IEnumerable<(string Text, string Domain)> documents) =>
        Write(name, string.Concat(documents.Select(d => JsonSerializer.Serialize(new { text = d.Text, domain = d.Domain }) + "\n")));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

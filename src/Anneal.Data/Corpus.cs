using System.Security.Cryptography;
using System.Text.Json;
using Anneal.Data.Readers;

namespace Anneal.Data;

/// <summary>
/// Text that has been read, freed of duplicates and split into train, validation and a sealed test side, in a directory of
/// its own. A corpus never changes once it is there.
/// </summary>
public sealed partial class Corpus
{
    private Corpus(string directory, CorpusManifest manifest)
    {
        Directory = directory;
        Manifest = manifest;
    }

    /// <summary>The corpus directory, an absolute path.</summary>
    public string Directory { get; }

    /// <summary>What was read, removed and kept.</summary>
    public CorpusManifest Manifest { get; }

    /// <summary>Prepares a corpus from one source; see the other overload.</summary>
    /// <param name="source"><c>dotnet-docs</c>, <c>man-pages</c>, <c>-</c> (JSON lines on standard input), or a path.</param>
    /// <param name="directory">Where the corpus shall lie.</param>
    /// <param name="options">Seed and split; null takes the defaults.</param>
    /// <param name="progress">Told in a line what is being done.</param>
    public static Corpus Prepare(string source, string directory, CorpusOptions? options = null, IProgress<string>? progress = null) =>
        Prepare([source], directory, options, progress);

    /// <summary>
    /// Prepares a corpus, or opens it if the directory already holds one of the same sources and options. The directory
    /// appears whole or not at all; of two processes that prepare the same one, the second waits and uses the first's.
    /// </summary>
    /// <param name="sources">Each <c>dotnet-docs</c>, <c>man-pages</c>, <c>-</c> (JSON lines on standard input), or a path.</param>
    /// <param name="directory">Where the corpus shall lie.</param>
    /// <param name="options">Seed and split; null takes the defaults.</param>
    /// <param name="progress">Told in a line what is being done.</param>
    /// <exception cref="CorpusException">A source cannot be read, or the directory holds something else.</exception>
    public static Corpus Prepare(IReadOnlyList<string> sources, string directory, CorpusOptions? options = null, IProgress<string>? progress = null)
    {
        options ??= new CorpusOptions();
        options.Check();
        directory = Path.GetFullPath(directory);
        sources = [.. sources.Select(s => s is Source.DotnetDocsName or Source.ManPagesName or Source.StandardInput ? s : Path.GetFullPath(s))];
        return AtomicDirectory.Locked(directory, progress, () =>
        {
            if (System.IO.Directory.Exists(directory) && System.IO.Directory.EnumerateFileSystemEntries(directory).Any())
                return Reuse(sources, directory, options, progress);
            if (System.IO.Directory.Exists(directory))
                System.IO.Directory.Delete(directory);
            AtomicDirectory.Create(directory, partial => new Preparation(options, progress).Write(partial, sources));
            return Open(directory);
        });
    }

    /// <summary>Opens a prepared corpus and verifies its documents against the hashes of its manifest.</summary>
    /// <exception cref="CorpusException">The directory is no corpus, is of another version, or was changed.</exception>
    public static Corpus Open(string directory)
    {
        directory = Path.GetFullPath(directory);
        var manifest = ReadManifest(directory);
        foreach (var (split, size) in ((Split, SplitSize)[])[(Split.Train, manifest.Train), (Split.Validation, manifest.Validation), (Split.Test, manifest.Test)])
        {
            var path = CorpusLayout.Documents(directory, split);
            using var file = TextFiles.Guard(path, () => File.OpenRead(path));
            var hash = Convert.ToHexStringLower(SHA256.HashData(file));
            if (hash != size.Hash)
                throw new CorpusException($"changed since it was prepared: its SHA-256 is {hash}, the manifest says {size.Hash}; delete {directory} and prepare it again", path);
        }
        return new Corpus(directory, manifest);
    }

    /// <summary>The documents of one side, in file order: train as read, held-out sides in their seeded order.</summary>
    public IEnumerable<Document> Read(Split split)
    {
        var path = CorpusLayout.Documents(Directory, split);
        var number = 0L;
        foreach (var line in File.ReadLines(path))
            yield return CorpusLayout.Parse(line, path, ++number);
    }

    private static Corpus Reuse(IReadOnlyList<string> sources, string directory, CorpusOptions options, IProgress<string>? progress)
    {
        const string wayOut = "choose another directory, or delete this one";
        if (!File.Exists(CorpusLayout.Manifest(directory)))
            throw new CorpusException($"the directory holds files but no corpus.json; {wayOut}", directory);
        var corpus = Open(directory);
        var manifest = corpus.Manifest;
        if (!manifest.Sources.SequenceEqual(sources))
            throw new CorpusException($"the directory holds a corpus of {string.Join(", ", manifest.Sources)}, not of {string.Join(", ", sources)}; {wayOut}", directory);
        if (manifest.Options != options)
            throw new CorpusException($"the directory holds a corpus with {manifest.Options}, asked for was {options}; {wayOut}", directory);
        if (sources.Contains(Source.StandardInput))
            throw new CorpusException($"the directory holds a corpus from standard input, which cannot be compared with new input; {wayOut}", directory);
        progress?.Report($"corpus is prepared: {manifest.Documents:N0} documents, {manifest.Bytes / 1e6:0.0} MB in {directory}");
        if (Stamp(sources, options) != manifest.SourceStamp)
            progress?.Report($"note: its source files have changed since; it is used as it is. To read them anew, delete {directory}");
        return corpus;
    }

    /// <summary>The stamp of what the sources are now; null if they are gone.</summary>
    private static string? Stamp(IReadOnlyList<string> sources, CorpusOptions options)
    {
        try
        {
            return Source.Stamp(sources.Select(s => Source.Open(s, options)));
        }
        catch (CorpusException)
        {
            return null;
        }
    }

    private static CorpusManifest ReadManifest(string directory)
    {
        var path = CorpusLayout.Manifest(directory);
        if (!File.Exists(path))
            throw new CorpusException("no corpus here: corpus.json is missing; prepare one with 'anneal data prepare SOURCE --out DIR'", directory);
        try
        {
            var manifest = JsonSerializer.Deserialize<CorpusManifest>(File.ReadAllBytes(path), CorpusManifest.Json)!;
            return manifest.Version == CorpusManifest.CurrentVersion
                ? manifest
                : throw new CorpusException($"version {manifest.Version}, this program reads version {CorpusManifest.CurrentVersion}; delete {directory} and prepare it again", path);
        }
        catch (JsonException error)
        {
            throw new CorpusException($"damaged: {error.Message}; delete {directory} and prepare it again", path, (error.LineNumber ?? -1) + 1, error);
        }
    }
}

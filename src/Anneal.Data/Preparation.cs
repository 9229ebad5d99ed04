using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Anneal.Data.Dedup;
using Anneal.Data.Readers;

namespace Anneal.Data;

/// <summary>
/// Turns sources into a corpus directory in one pass: read, drop duplicates, spool, split, order, write. Documents go
/// through a spool file, so that memory holds a kilobyte a document whatever its length.
/// </summary>
internal sealed class Preparation(CorpusOptions options, IProgress<string>? progress)
{
    private readonly record struct Kept(long Offset, int Length, int Bytes, string Id, string Domain, int Group);

    private readonly List<Kept> _kept = [];
    private readonly List<string> _groups = [];
    private readonly Dictionary<string, int> _groupNumbers = new(StringComparer.Ordinal);
    private readonly UnionFind _clusters = new();
    private readonly HashSet<UInt128> _texts = [];
    private readonly NearDuplicates _near = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _read, _exact, _resembling;
    private long _bytes;

    /// <summary>Writes a whole corpus into an empty directory.</summary>
    public void Write(string directory, IReadOnlyList<string> names)
    {
        var sources = names.Select(name => Source.Open(name, options)).ToList();
        foreach (var source in sources)
            progress?.Report($"reading {source.Origin}{(source.Files.Count > 1 ? $" ({source.Files.Count:N0} files)" : "")}");
        var spoolPath = Path.Combine(directory, "spool");
        using (var spool = File.Create(spoolPath))
            foreach (var document in sources.SelectMany(source => source.Documents))
                Keep(document, spool);
        Tell($"{_read:N0} documents; {_exact:N0} exact and {_resembling:N0} near duplicates removed; {_bytes / 1e6:0.0} MB kept");
        if (_kept.Count == 0)
            throw new CorpusException($"no text in {string.Join(", ", names)}; expected documents with words in them");

        var splits = SplitClusters(out var clusters);
        using var text = File.OpenRead(spoolPath);
        var train = WriteSide(text, CorpusLayout.Documents(directory, Split.Train), splits[Split.Train]);
        var validation = WriteSide(text, CorpusLayout.Documents(directory, Split.Validation), HeldOut(splits[Split.Validation]));
        var test = WriteSide(text, CorpusLayout.Documents(directory, Split.Test), HeldOut(splits[Split.Test]));
        text.Dispose();
        File.Delete(spoolPath);
        var manifest = new CorpusManifest
        {
            Sources = names,
            Origin = [.. sources.Select(s => s.Origin)],
            SourceStamp = Source.Stamp(sources),
            Options = options,
            Files = sources.Sum(s => s.Files.Count),
            DocumentsRead = _read,
            ExactDuplicates = _exact,
            NearDuplicates = _resembling,
            Clusters = clusters,
            Train = train,
            Validation = validation,
            Test = test,
            Domains = new SortedDictionary<string, DomainSize>(
                _kept.GroupBy(k => k.Domain).ToDictionary(g => g.Key, g => new DomainSize(g.Count(), g.Sum(k => (long)k.Bytes))), StringComparer.Ordinal),
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{train.Hash} {validation.Hash} {test.Hash}"))),
        };
        File.WriteAllBytes(CorpusLayout.Manifest(directory), JsonSerializer.SerializeToUtf8Bytes(manifest, CorpusManifest.Json));
        Tell($"train {train.Bytes / 1e6:0.0} MB, validation {validation.Bytes / 1e6:0.00} MB, sealed test {test.Bytes / 1e6:0.00} MB in {clusters:N0} clusters");
    }

    private readonly List<uint> _shingles = [];
    private readonly uint[] _signature = new uint[MinHash.Lanes];

    /// <summary>Spools a document, unless it repeats or resembles an earlier one; relates its group to those of its kin.</summary>
    private void Keep(Document document, FileStream spool)
    {
        if (++_read % 2000 == 0)
            Tell($"{_read:N0} documents, {_bytes / 1e6:0.0} MB");
        if (!_texts.Add(ExactText.Hash(document.Text)))
        {
            _exact++;
            return;
        }
        var group = Number(document.Group);
        Shingles.Hash(document.Text, _shingles);
        if (_shingles.Count > 0)
        {
            MinHash.Sign(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_shingles), _signature);
            var kin = _near.Find(_signature);
            foreach (var (text, _) in kin)
                _clusters.Union(group, _kept[text].Group);
            if (kin.Exists(k => k.Similarity >= NearDuplicates.Duplicate))
            {
                _resembling++;
                return;
            }
        }
        else
        {
            _signature.AsSpan().Clear();
        }
        _near.Add(_signature);
        var line = CorpusLayout.Line(document);
        var bytes = System.Text.Encoding.UTF8.GetByteCount(document.Text);
        _kept.Add(new Kept(spool.Position, line.Length, bytes, document.Id, document.Domain, group));
        spool.Write(line);
        _bytes += bytes;
    }

    private int Number(string group)
    {
        if (_groupNumbers.TryGetValue(group, out var number))
            return number;
        _groups.Add(group);
        return _groupNumbers[group] = _clusters.Add();
    }

    private ILookup<Split, Kept> SplitClusters(out int count)
    {
        var clusters = _kept.GroupBy(k => _clusters.Find(k.Group)).ToList();
        // A cluster goes by the ordinally first of its groups, whatever was read first.
        var names = Enumerable.Range(0, _groups.Count).GroupBy(_clusters.Find, g => _groups[g]).ToDictionary(g => g.Key, g => g.Min(StringComparer.Ordinal)!);
        var sides = SplitAssignment.Assign([.. clusters.Select(c => (names[c.Key], c.Sum(k => (long)k.Bytes)))], options);
        var side = clusters.Zip(sides).ToDictionary(c => c.First.Key, c => c.Second);
        count = clusters.Count;
        return _kept.ToLookup(k => side[_clusters.Find(k.Group)]);
    }

    private List<Kept> HeldOut(IEnumerable<Kept> documents) =>
        SplitAssignment.Interleave(documents, k => k.Domain, k => k.Id, options.Seed);

    private static SplitSize WriteSide(FileStream spool, string path, IEnumerable<Kept> documents)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = File.Create(path);
        var line = Array.Empty<byte>();
        var (count, bytes) = (0, 0L);
        foreach (var kept in documents)
        {
            if (line.Length < kept.Length)
                line = new byte[kept.Length * 2];
            spool.Position = kept.Offset;
            spool.ReadExactly(line, 0, kept.Length);
            file.Write(line, 0, kept.Length);
            hash.AppendData(line, 0, kept.Length);
            count++;
            bytes += kept.Bytes;
        }
        return new SplitSize(count, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void Tell(string message) => progress?.Report($"{message} ({_clock.Elapsed.TotalSeconds:0.0} s)");
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anneal.Data.Dedup;
using Anneal.Data.Readers;

namespace Anneal.Data;

/// <summary>
/// Turns sources into a corpus directory: read, drop duplicates, spool; then cluster, split, order, write. Text goes through
/// a spool file, so that memory holds a kilobyte or two a document, whatever its length.
/// </summary>
internal sealed class Preparation(CorpusOptions options, IProgress<string>? progress)
{
    /// <summary>With fewer clusters of whole groups (a single long file, say) documents are split one by one.</summary>
    private const int FewestClusters = 20;

    private readonly record struct Kept(long Offset, int Length, int Bytes, string Id, string Domain, string Group);

    private readonly List<Kept> _kept = [];
    private readonly HashSet<UInt128> _texts = [];
    private readonly NearDuplicates _near = new();
    private readonly Clusters _clusters = new();
    private readonly List<uint> _shingles = [];
    private readonly uint[] _signature = new uint[MinHash.Lanes];
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

        var sides = SplitClusters(out var clusters);
        SplitSize train, validation, test;
        using (var spool = File.OpenRead(spoolPath))
        {
            train = WriteSide(spool, CorpusLayout.Documents(directory, Split.Train), sides[Split.Train]);
            validation = WriteSide(spool, CorpusLayout.Documents(directory, Split.Validation), HeldOut(sides[Split.Validation]));
            test = WriteSide(spool, CorpusLayout.Documents(directory, Split.Test), HeldOut(sides[Split.Test]));
        }
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
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{train.Hash} {validation.Hash} {test.Hash}"))),
        };
        File.WriteAllBytes(CorpusLayout.Manifest(directory), JsonSerializer.SerializeToUtf8Bytes(manifest, CorpusManifest.Json));
        Tell($"train {train.Bytes / 1e6:0.0} MB, validation {validation.Bytes / 1e6:0.00} MB, sealed test {test.Bytes / 1e6:0.00} MB; {clusters:N0} clusters in {manifest.Domains.Count:N0} domains");
    }

    /// <summary>Spools a document unless it is blank, or repeats or resembles an earlier one.</summary>
    private void Keep(Document document, FileStream spool)
    {
        if (string.IsNullOrWhiteSpace(document.Text))
            return;
        if (++_read % 2000 == 0)
            Tell($"{_read:N0} documents, {_bytes / 1e6:0.0} MB");
        if (!_texts.Add(ExactText.Hash(document.Text)))
        {
            _exact++;
            return;
        }
        Shingles.Hash(document.Text, _shingles);
        MinHash.Sign(CollectionsMarshal.AsSpan(_shingles), _signature);
        var kin = _shingles.Count > 0 ? _near.Find(_signature) : []; // without words there is nothing to resemble
        if (kin.Exists(k => k.Similarity >= NearDuplicates.Duplicate))
        {
            _clusters.RelateRemoved(document.Group, [.. kin.Select(k => k.Text)]);
            _resembling++;
            return;
        }
        _near.Add(_signature);
        _clusters.Relate(_clusters.Add(document.Group), kin.Select(k => k.Text));
        var line = CorpusLayout.Line(document);
        var bytes = Encoding.UTF8.GetByteCount(document.Text);
        _kept.Add(new Kept(spool.Position, line.Length, bytes, document.Id, document.Domain, document.Group));
        spool.Write(line);
        _bytes += bytes;
    }

    private ILookup<Split, Kept> SplitClusters(out int count)
    {
        var cluster = _clusters.Find(wholeGroups: true);
        count = cluster.Distinct().Count();
        var wholeGroups = count >= FewestClusters;
        if (!wholeGroups)
        {
            cluster = _clusters.Find(wholeGroups: false);
            count = cluster.Distinct().Count();
            progress?.Report($"few groups: the {_kept.Count:N0} documents are split one by one");
        }
        // A cluster goes by the ordinally first name in it, whatever was read first.
        var members = _kept.Zip(cluster).GroupBy(d => d.Second, d => d.First).ToList();
        var sides = SplitAssignment.Assign(
            [.. members.Select(m => (m.Select(k => wholeGroups ? k.Group : k.Id).Min(StringComparer.Ordinal)!, m.Sum(k => (long)k.Bytes)))], options);
        var side = members.Zip(sides).ToDictionary(m => m.First.Key, m => m.Second);
        return _kept.Zip(cluster).ToLookup(d => side[d.Second], d => d.First);
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

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anneal.Data;

/// <summary>What <c>corpus.json</c> says: where the text came from, what was kept, and how it was split.</summary>
public sealed record CorpusManifest
{
    /// <summary>Version of the directory's layout and of the preparation; another version is prepared anew.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout and preparation version.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The sources as they were asked for.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>What was read in fact, a line each: the reader and its files in short (<c>dotnet-docs: Microsoft.NETCore.App.Ref 10.0.12</c>).</summary>
    public required IReadOnlyList<string> Origin { get; init; }

    /// <summary>Hash of the paths, sizes and times of the files read; empty for standard input.</summary>
    public required string SourceStamp { get; init; }

    /// <summary>The options of the preparation.</summary>
    public required CorpusOptions Options { get; init; }

    /// <summary>Files read.</summary>
    public required int Files { get; init; }

    /// <summary>Documents read, before anything was removed.</summary>
    public required int DocumentsRead { get; init; }

    /// <summary>Documents removed because an earlier one has the same text, case and white space aside.</summary>
    public required int ExactDuplicates { get; init; }

    /// <summary>Documents removed because an earlier one resembles them.</summary>
    public required int NearDuplicates { get; init; }

    /// <summary>Clusters that the split kept whole: groups, joined where their documents are related.</summary>
    public required int Clusters { get; init; }

    /// <summary>The train side.</summary>
    public required SplitSize Train { get; init; }

    /// <summary>The validation side.</summary>
    public required SplitSize Validation { get; init; }

    /// <summary>The sealed test side.</summary>
    public required SplitSize Test { get; init; }

    /// <summary>Kept documents and bytes of text by domain, over all sides, in ordinal order.</summary>
    public required IReadOnlyDictionary<string, DomainSize> Domains { get; init; }

    /// <summary>SHA-256 over the three document files; names the corpus.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Documents on all sides.</summary>
    [JsonIgnore]
    public int Documents => Train.Documents + Validation.Documents + Test.Documents;

    /// <summary>UTF-8 bytes of text on all sides.</summary>
    [JsonIgnore]
    public long Bytes => Train.Bytes + Validation.Bytes + Test.Bytes;

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>Size of one side.</summary>
/// <param name="Documents">Documents.</param>
/// <param name="Bytes">UTF-8 bytes of text.</param>
/// <param name="Hash">SHA-256 of the side's file.</param>
public sealed record SplitSize(int Documents, long Bytes, string Hash);

/// <summary>Size of one domain.</summary>
/// <param name="Documents">Documents.</param>
/// <param name="Bytes">UTF-8 bytes of text.</param>
public sealed record DomainSize(int Documents, long Bytes);

using System.Text.Json.Nodes;
using Anneal.Data;

namespace Anneal.Lab.Reports;

/// <summary>The document that <c>data prepare --json</c> prints.</summary>
public static class CorpusDocument
{
    /// <summary>The document.</summary>
    /// <param name="corpus">A prepared corpus.</param>
    public static JsonObject Of(Corpus corpus)
    {
        var manifest = corpus.Manifest;
        return new JsonObject
        {
            ["dir"] = corpus.Directory,
            ["sources"] = new JsonArray([.. manifest.Sources.Select(source => JsonValue.Create(source))]),
            ["origin"] = new JsonArray([.. manifest.Origin.Select(origin => JsonValue.Create(origin))]),
            ["documents"] = manifest.Documents,
            ["bytes"] = manifest.Bytes,
            ["removed"] = new JsonObject { ["exact_duplicates"] = manifest.ExactDuplicates, ["near_duplicates"] = manifest.NearDuplicates },
            ["train"] = Side(manifest.Train),
            ["val"] = Side(manifest.Validation),
            ["test"] = Side(manifest.Test),
            ["domains"] = new JsonObject(manifest.Domains.Select(domain => KeyValuePair.Create(domain.Key, (JsonNode?)new JsonObject { ["documents"] = domain.Value.Documents, ["bytes"] = domain.Value.Bytes }))),
            ["hash"] = manifest.ContentHash,
        };

        static JsonObject Side(SplitSize side) => new() { ["documents"] = side.Documents, ["bytes"] = side.Bytes };
    }
}

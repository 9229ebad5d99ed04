namespace Anneal.Data.Readers;

/// <summary>The system's manual in English: one document per page, domain = section.</summary>
internal static class ManPages
{
    /// <summary>Where manuals live.</summary>
    public const string Root = "/usr/share/man";

    /// <summary>Pages of the eight sections in ordinal order; translations (in folders of their own) and links are left out.</summary>
    public static IReadOnlyList<string> Find(string root) => [];

    /// <summary>Reads pages.</summary>
    public static IEnumerable<Document> Read(IReadOnlyList<string> files) => [];
}

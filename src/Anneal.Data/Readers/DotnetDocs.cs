namespace Anneal.Data.Readers;

/// <summary>
/// The .NET reference documentation as a corpus: one document per type (a long type continues in further ones), domain =
/// namespace, group = the outermost type whatever its arity, so that nested types and <c>Func`1</c>..<c>Func`17</c> stay together.
/// </summary>
internal static class DotnetDocs
{
    /// <summary>Characters after which a type continues in another document: long enough for context, short enough for a fair sample.</summary>
    public const int LongestDocument = 8192;

    /// <summary>Reads documentation files into documents, in ordinal order of type.</summary>
    public static IEnumerable<Document> Read(IReadOnlyList<string> files)
    {
        var types = new Dictionary<string, TypeDocs>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var stream = TextFiles.Guard(file, () => File.OpenRead(file));
            foreach (var member in XmlDocs.Read(stream, file))
            {
                var owner = member.Kind == 'T' ? member.Name : Cref.SplitMember(member.Name).Type;
                if (!types.TryGetValue(owner, out var type))
                    types[owner] = type = new TypeDocs(owner);
                type.Add(member);
            }
        }
        foreach (var name in types.Keys.Order(StringComparer.Ordinal))
        {
            var outermost = Outermost(name, types);
            var dot = outermost.LastIndexOf('.');
            var space = dot < 0 ? "global" : outermost[..dot];
            var tick = outermost.IndexOf('`');
            var group = tick < 0 ? outermost : outermost[..tick];
            var part = 0;
            foreach (var text in types[name].Render(LongestDocument))
                yield return new Document(part++ == 0 ? name : $"{name}#{part}", space, group, text);
        }
    }

    /// <summary>The shortest prefix that is itself a documented type: identifiers do not tell a namespace from an outer type.</summary>
    private static string Outermost(string name, Dictionary<string, TypeDocs> types)
    {
        for (var dot = name.IndexOf('.'); dot > 0; dot = name.IndexOf('.', dot + 1))
            if (types.ContainsKey(name[..dot]))
                return name[..dot];
        return name;
    }
}

using System.Text;

namespace Anneal.Data.Readers;

/// <summary>All that the documentation says about one type, gathered from every file that speaks of it.</summary>
internal sealed class TypeDocs(string name)
{
    private readonly List<(string Name, List<MemberDocs> Overloads)> _members = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The type's full name with arity: <c>System.Collections.Generic.List`1</c>.</summary>
    public string Name => name;

    private MemberDocs? _header;

    /// <summary>Adds the type's own entry or a member; what was already said under the same identifier is left out.</summary>
    public void Add(MemberDocs docs)
    {
        if (docs.Kind == 'T')
        {
            _header ??= docs;
            return;
        }
        if (!_seen.Add(docs.Name))
            return;
        var member = Cref.MemberName(Cref.SplitMember(docs.Name).Name);
        if (!_index.TryGetValue(member, out var at))
        {
            _index[member] = at = _members.Count;
            _members.Add((member, []));
        }
        _members[at].Overloads.Add(docs);
    }

    /// <summary>
    /// The type's text: a header, then its members, the overloads of one beside each other. What an overload repeats word
    /// for word from the one above is not said again. A long type is cut between members, each part under the type's name.
    /// </summary>
    /// <param name="longest">Characters after which the next member starts a new part.</param>
    public IEnumerable<string> Render(int longest)
    {
        IReadOnlyList<string> typeParameters = _header is null ? [] : [.. _header.TypeParameters.Select(p => p.Name)];
        var display = Cref.WithArity(Cref.LastSegment(Name), typeParameters);
        var dot = Name.LastIndexOf('.');
        var title = dot < 0 ? display : $"{Name[..dot]}.{display}";
        var text = new StringBuilder(title).Append('\n');
        if (_header is not null)
            Describe(text, _header, []);
        var written = text.Length;
        foreach (var (member, overloads) in _members)
        {
            if (text.Length > longest && text.Length > written)
            {
                yield return text.ToString();
                text.Clear().Append(title).Append('\n');
                written = 0;
            }
            AppendMember(text, display, member, overloads, typeParameters);
        }
        if (text.Length > title.Length + 1)
            yield return text.ToString();
    }

    private static void AppendMember(StringBuilder text, string type, string member, List<MemberDocs> overloads, IReadOnlyList<string> typeParameters)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var docs in overloads)
        {
            var start = text.Length;
            if (docs.Kind == 'F')
            {
                text.Append('\n').Append(member).Append(": ").Append(docs.Summary).Append('\n');
                Describe(text, docs, [docs.Summary]);
                continue;
            }
            text.Append('\n').Append(Signature(type, member, docs, typeParameters)).Append('\n');
            if (!Describe(text, docs, said))
                text.Length = start;
        }
    }

    /// <summary>Appends what has not been said yet, a line each; false if there was nothing.</summary>
    private static bool Describe(StringBuilder text, MemberDocs docs, HashSet<string> said)
    {
        var start = text.Length;
        Line(docs.Summary);
        foreach (var (parameter, meaning) in docs.TypeParameters.Concat(docs.Parameters))
            if (meaning.Length > 0)
                Line($"{parameter}: {meaning}");
        foreach (var note in docs.Results.Concat(docs.Notes))
            Line(note);
        return text.Length > start;

        void Line(string line)
        {
            if (line.Length > 0 && said.Add(line))
                text.Append(line).Append('\n');
        }
    }

    private static string Signature(string type, string member, MemberDocs docs, IReadOnlyList<string> typeParameters)
    {
        var bare = type.IndexOf('<') is > 0 and var angle ? type[..angle] : type;
        var name = member == ".ctor" ? bare : $"{bare}.{member}";
        if (docs.Kind is 'P' or 'E' && docs.Parameters.Count == 0)
            return name;
        List<string> methodParameters = [.. docs.TypeParameters.Select(p => p.Name)];
        var types = Cref.ParameterTypes(Cref.SplitMember(docs.Name).Parameters, typeParameters, methodParameters);
        if (docs.Kind == 'M' && methodParameters.Count > 0)
            name += $"<{string.Join(", ", methodParameters)}>";
        var list = types.Select((t, i) => types.Count == docs.Parameters.Count ? $"{t} {docs.Parameters[i].Name}" : t);
        return docs.Kind == 'P' ? $"{name}[{string.Join(", ", list)}]" : $"{name}({string.Join(", ", list)})";
    }
}

using System.Text;

namespace Anneal.Data.Readers;

/// <summary>
/// Names of documentation identifiers (<c>M:System.String.Split(System.Char)</c>), as C# readers write them.
/// The grammar is that of annex D of the C# standard.
/// </summary>
internal static class Cref
{
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["System.Boolean"] = "bool",
        ["System.Byte"] = "byte",
        ["System.SByte"] = "sbyte",
        ["System.Char"] = "char",
        ["System.Decimal"] = "decimal",
        ["System.Double"] = "double",
        ["System.Single"] = "float",
        ["System.Int32"] = "int",
        ["System.UInt32"] = "uint",
        ["System.Int64"] = "long",
        ["System.UInt64"] = "ulong",
        ["System.Int16"] = "short",
        ["System.UInt16"] = "ushort",
        ["System.Object"] = "object",
        ["System.String"] = "string",
        ["System.Void"] = "void",
        ["System.IntPtr"] = "nint",
        ["System.UIntPtr"] = "nuint",
    };

    /// <summary>Splits a member identifier without its kind into the type that declares it, its name and its parameter list.</summary>
    public static (string Type, string Name, string Parameters) SplitMember(string member)
    {
        var open = member.IndexOf('(');
        var path = open < 0 ? member : member[..open];
        var result = path.IndexOf('~');
        if (result >= 0)
            path = path[..result];
        var dot = path.LastIndexOf('.');
        var close = open < 0 ? -1 : member.LastIndexOf(')');
        return (dot < 0 ? "" : path[..dot], path[(dot + 1)..], close > open ? member[(open + 1)..close] : "");
    }

    /// <summary>How prose names a reference: <c>List&lt;T&gt;</c>, <c>String.Split</c>, <c>Int32.MaxValue</c>.</summary>
    public static string InProse(string cref)
    {
        var colon = cref.IndexOf(':');
        var kind = colon < 0 ? "T" : cref[..colon];
        var name = cref[(colon + 1)..];
        if (kind is "T" or "N" or "!")
            return kind == "N" ? name : WithArity(LastSegment(name), []);
        var (type, member, _) = SplitMember(name);
        var owner = WithArity(LastSegment(type), []);
        member = MemberName(member);
        return member == ".ctor" ? owner : owner.Length == 0 ? member : $"{owner}.{member}";
    }

    /// <summary>A member's own name: <c>Split</c>, <c>.ctor</c>, <c>ICollection.CopyTo</c> for an explicit implementation.</summary>
    public static string MemberName(string member)
    {
        var tick = member.IndexOf('`');
        if (tick >= 0)
            member = member[..tick];
        if (member is "#ctor" or "#cctor")
            return ".ctor";
        if (!member.Contains('#'))
            return member;
        var parts = member.Replace('{', '<').Replace('}', '>').Replace("@", ", ").Split('#');
        return string.Join('.', parts[^Math.Min(2, parts.Length)..]);
    }

    /// <summary>A type's name with its arity spelled: <c>Dictionary`2</c> with (TKey, TValue) is <c>Dictionary&lt;TKey, TValue&gt;</c>.</summary>
    public static string WithArity(string name, IReadOnlyList<string> typeParameters)
    {
        var tick = name.IndexOf('`');
        if (tick < 0)
            return name.Replace('{', '<').Replace('}', '>');
        var digits = name[(tick + 1)..].TrimStart('`');
        var arity = int.TryParse(digits, out var parsed) ? parsed : 1;
        var names = typeParameters.Count == arity ? typeParameters : arity == 1 ? ["T"] : [.. Enumerable.Range(1, arity).Select(i => $"T{i}")];
        return $"{name[..tick]}<{string.Join(", ", names)}>";
    }

    /// <summary>The last dotted segment, dots within braces aside.</summary>
    public static string LastSegment(string path)
    {
        var depth = 0;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            if (path[i] == '}') depth++;
            else if (path[i] == '{') depth--;
            else if (path[i] == '.' && depth == 0) return path[(i + 1)..];
        }
        return path;
    }

    /// <summary>The types of a parameter list as C# writes them, in order.</summary>
    /// <param name="list">What stands between the parentheses.</param>
    /// <param name="ofType">Names for <c>`0</c>, <c>`1</c>.</param>
    /// <param name="ofMethod">Names for <c>``0</c>, <c>``1</c>.</param>
    public static List<string> ParameterTypes(string list, IReadOnlyList<string> ofType, IReadOnlyList<string> ofMethod)
    {
        var types = new List<string>();
        foreach (var type in SplitTopLevel(list))
            types.Add(TypeName(type, ofType, ofMethod));
        return types;
    }

    private static List<string> SplitTopLevel(string list)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= list.Length; i++)
        {
            if (i == list.Length || (list[i] == ',' && depth == 0))
            {
                if (i > start)
                    parts.Add(list[start..i]);
                start = i + 1;
            }
            else if (list[i] is '{' or '[' or '(') depth++;
            else if (list[i] is '}' or ']' or ')') depth--;
        }
        return parts;
    }

    private static string TypeName(string type, IReadOnlyList<string> ofType, IReadOnlyList<string> ofMethod)
    {
        if (type.EndsWith('@'))
            return "ref " + TypeName(type[..^1], ofType, ofMethod);
        if (type.EndsWith('*'))
            return TypeName(type[..^1], ofType, ofMethod) + "*";
        if (type.EndsWith(']') && type.LastIndexOf('[') is > 0 and var bracket)
        {
            var commas = new string(',', type.AsSpan(bracket).Count(','));
            return $"{TypeName(type[..bracket], ofType, ofMethod)}[{commas}]";
        }
        if (type.StartsWith("``", StringComparison.Ordinal))
            return Named(type[2..], ofMethod);
        if (type.StartsWith('`'))
            return Named(type[1..], ofType);
        var brace = type.IndexOf('{');
        if (brace < 0 || !type.EndsWith('}'))
            return Keywords.GetValueOrDefault(type) ?? LastSegment(type);
        var arguments = SplitTopLevel(type[(brace + 1)..^1]).Select(t => TypeName(t, ofType, ofMethod)).ToList();
        var open = LastSegment(type[..brace]);
        return open == "Nullable" ? arguments[0] + "?" : new StringBuilder(open).Append('<').AppendJoin(", ", arguments).Append('>').ToString();
    }

    private static string Named(string index, IReadOnlyList<string> names) =>
        int.TryParse(index, out var i) && i < names.Count ? names[i] : names.Count == 0 && i == 0 ? "T" : $"T{i + 1}";
}

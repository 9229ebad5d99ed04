using System.Xml;

namespace Anneal.Data.Readers;

/// <summary>Reads one documentation XML file: its members, with the tags turned into readable English.</summary>
internal static class XmlDocs
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The members of a file that say anything, in file order.</summary>
    /// <exception cref="CorpusException">The file is not well-formed XML.</exception>
    public static IEnumerable<MemberDocs> Read(Stream stream, string file)
    {
        using var xml = XmlReader.Create(stream, Settings);
        var prose = new Prose();
        while (Advance(xml, file))
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "member" } && xml.GetAttribute("name") is { Length: > 2 } name && name[1] == ':')
            {
                var member = new MemberDocs { Kind = name[0], Name = name[2..] };
                try
                {
                    ReadMember(xml, member, prose);
                }
                catch (XmlException error)
                {
                    throw Malformed(error, file);
                }
                if (member.Any)
                    yield return member;
            }
    }

    private static bool Advance(XmlReader xml, string file)
    {
        try
        {
            return xml.Read();
        }
        catch (XmlException error)
        {
            throw Malformed(error, file);
        }
    }

    private static CorpusException Malformed(XmlException error, string file) =>
        new($"not well-formed XML, expected a documentation file: {error.Message}", file, error.LineNumber, error);

    private static void ReadMember(XmlReader xml, MemberDocs member, Prose prose)
    {
        if (xml.IsEmptyElement)
            return;
        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            var tag = xml.LocalName;
            var name = xml.GetAttribute("name") ?? "";
            var cref = xml.GetAttribute("cref") ?? "";
            Render(xml, prose);
            var text = prose.Take();
            switch (tag)
            {
                case "summary": member.Summary = text; break;
                case "typeparam": member.TypeParameters.Add((name, text)); break;
                case "param": member.Parameters.Add((name, text)); break;
                case "returns" when text.Length > 0: member.Results.Add($"Returns: {text}"); break;
                case "value" when text.Length > 0: member.Results.Add($"Value: {text}"); break;
                case "exception" when text.Length > 0: member.Notes.Add($"Throws {Cref.InProse(cref)}: {text}"); break;
                case "remarks" or "example" when text.Length > 0: member.Notes.Add(text); break;
            }
        }
    }

    /// <summary>Renders the element that the reader stands on, and leaves it on the element's end.</summary>
    private static void Render(XmlReader xml, Prose prose)
    {
        if (xml.IsEmptyElement)
        {
            RenderEmpty(xml, prose);
            return;
        }
        var tag = xml.LocalName;
        var block = tag is "para" or "p" or "div" or "list" or "item" or "listheader" or "example" or "ul" or "ol" or "li" or "table" or "tr";
        if (block)
            prose.Break();
        if (tag is "item" or "li")
            prose.Words("- ");
        var depth = xml.Depth;
        var unnamed = tag == "xref" ? xml.GetAttribute("uid") : null; // <xref uid="System.Double"></xref> names its target only there
        while (xml.Read() && xml.Depth > depth)
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    Render(xml, prose);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when tag == "code" && xml.Value.Contains('\n'):
                    prose.Verbatim(xml.Value);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    prose.Words(xml.Value);
                    unnamed = null;
                    break;
            }
        if (unnamed is not null)
            prose.Words(Cref.LastSegment(unnamed));
        if (tag == "term")
            prose.Words(": ");
        if (block)
            prose.Break();
    }

    /// <summary>An empty element speaks through its attributes: a reference, a keyword, a parameter's name.</summary>
    private static void RenderEmpty(XmlReader xml, Prose prose)
    {
        if (xml.LocalName is "para" or "p" or "br")
            prose.Break();
        else if (xml.GetAttribute("cref") is { } cref)
            prose.Words(Cref.InProse(cref));
        else if ((xml.GetAttribute("langword") ?? xml.GetAttribute("name")) is { } word)
            prose.Words(word);
        else if ((xml.GetAttribute("uid") ?? xml.GetAttribute("href")) is { } target)
            prose.Words(xml.LocalName == "xref" ? Cref.LastSegment(target) : target);
    }
}

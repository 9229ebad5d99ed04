using Anneal.Data.Readers;

namespace Anneal.Tests.Data.Readers;

public sealed class RoffTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private static string Read(string page) => Roff.Read(new StringReader(page)).ReplaceLineEndings("\n");

    [Fact]
    public void A_man_page_reads_as_text() => Read("""
        .\" A comment.
        .de Sp
        not text
        ..
        .TH CUT 1 "2024" "Tools"
        .SH NAME
        cut \- remove \fIparts\fR of lines\" and a comment
        .SH "SEE ALSO, AND"
        First line of
        a paragraph.
        .PP
        See
        .BR sort (1),
        .B not this
        one.
        .TP
        \fB\-b\fP, \fB\-\-bytes\fP=\fI\,LIST\/\fP
        select \(lqthese\(rq bytes \(em only
        .ie n \{\
        .IP \h'-04'* 4
        terminal
        .\}
        .el \{\
        typesetter
        .\}
        .nf
            kept   as is
        .fi
        .TS
        a table
        .TE
        The end\s-1.\s0
        """).ShouldBe("""
        NAME
        cut - remove parts of lines

        SEE ALSO, AND
        First line of a paragraph.
        See sort(1), not this one.
        -b, --bytes=LIST
        select "these" bytes -- only
        *
        terminal
            kept   as is
        The end.
        """.ReplaceLineEndings("\n"));

    [Fact]
    public void An_mdoc_page_reads_as_text() => Read("""
        .Dd May 1, 2024
        .Dt GO 1
        .Sh NAME
        .Nm go
        .Nd go somewhere
        .Sh SYNOPSIS
        .Nm
        .Op Fl v
        .Op Fl o Ar file
        .Ar place ...
        .Sh DESCRIPTION
        The
        .Nm
        utility goes, as
        .Xr walk 1 ,
        to
        .Pa /dev/null .
        .Bl -tag
        .It Fl v
        Talk
        .Pq a lot .
        .El
        """).ShouldBe("""
        NAME
        go - go somewhere

        SYNOPSIS
        go [-v] [-o file] place ...

        DESCRIPTION
        The go utility goes, as walk(1), to /dev/null.
        -v
        Talk (a lot).
        """.ReplaceLineEndings("\n"));

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"\(")]
    [InlineData(@"\[em")]
    [InlineData(@"\*")]
    [InlineData(@"\f")]
    [InlineData(@"\f(")]
    [InlineData(@"\s+")]
    [InlineData(@"\h'")]
    [InlineData(@".B ""open")]
    [InlineData(@".ie n \{")]
    [InlineData(@".if")]
    [InlineData(@".de")]
    [InlineData(@".Fl")]
    [InlineData(@".Xr")]
    [InlineData(@".")]
    public void A_line_that_ends_too_early_does_no_harm(string line) => Should.NotThrow(() => Read($"{line}\n{line}"));

    [Fact]
    public void Pages_are_found_by_section_and_those_that_point_elsewhere_left_out()
    {
        _place.Write("man1/ls.1.gz", ".SH NAME\nls \\- list");
        _place.Write("man1/dir.1", ".so man1/ls.1");
        _place.Write("man3/printf.3p", ".SH NAME\nprintf");
        _place.Write("de/man1/ls.1.gz", ".SH BEZEICHNUNG\nls");
        var documents = ManPages.Read(ManPages.Find(_place.Root), 8192).ToList();
        documents.Select(d => (d.Id, d.Domain)).ShouldBe([("ls(1)", "man1"), ("printf(3)", "man3")]);
    }
}

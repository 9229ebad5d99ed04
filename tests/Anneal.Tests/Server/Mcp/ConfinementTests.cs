using Anneal.Runs;
using Anneal.Server.Mcp;

namespace Anneal.Tests.Server.Mcp;

public sealed class ConfinementTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-mcp-").FullName;

    private string Root => Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;

    private string Lab => Path.Combine(folder, "lab");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("sub/../a.yaml")]
    [InlineData("../lab/runs/x")]
    public void What_lies_in_the_root_or_the_lab_is_reached(string path) =>
        new Confinement(Root, Lab).Inside(path).ShouldBe(Path.GetFullPath(path, Root));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("../root-beside/x")]
    [InlineData("sub/../../secret")]
    [InlineData("a\0b")]
    public void What_lies_elsewhere_is_not(string path) =>
        Should.Throw<InputException>(() => new Confinement(Root, Lab).Inside(path)).Message.ShouldContain("--root");

    [Fact]
    public void A_link_leads_nowhere_else()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need rights there");
        Directory.CreateSymbolicLink(Path.Combine(Root, "way"), Path.GetTempPath());
        File.CreateSymbolicLink(Path.Combine(Root, "file"), "/etc/passwd");
        var paths = new Confinement(Root, Lab);
        Should.Throw<InputException>(() => paths.Inside("way/x"));
        Should.Throw<InputException>(() => paths.Inside("file"));
        File.WriteAllText(Path.Combine(Root, "here"), "");
        File.CreateSymbolicLink(Path.Combine(Root, "near"), Path.Combine(Root, "here"));
        paths.Inside("near").ShouldBe(Path.Combine(Root, "near"));
    }

    [Fact]
    public void Built_in_corpora_are_words() => new Confinement(Root, Lab).Corpus("dotnet-docs").ShouldBe("dotnet-docs");
}

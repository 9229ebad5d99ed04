using System.Diagnostics;
using Anneal.Benchmarks.Durability;
using Anneal.Lab.Subjects;

namespace Anneal.Tests.Lab.Subjects;

public sealed class SourceManifestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SourceManifestTests()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links, pipes and permissions of POSIX");
        Directory.CreateDirectory(folder.File("src"));
        File.WriteAllText(folder.File("src/a.py"), "x = 1\n");
        File.WriteAllText(folder.File("empty"), "");
        File.CreateSymbolicLink(folder.File("link"), "src/a.py");
    }

    public void Dispose() => folder.Dispose();

    private SourceManifest Take() => SourceManifest.Of(folder.Directory, ["src/a.py", "empty", "link"]);

    [Fact]
    public void What_is_left_alone_is_unchanged_and_new_files_do_not_count()
    {
        var manifest = Take();
        File.WriteAllText(folder.File("src/new"), "x");
        File.WriteAllText(folder.File(".gitattributes"), "* ident text eol=crlf");
        File.SetLastWriteTimeUtc(folder.File("src/a.py"), DateTime.UnixEpoch);
        manifest.FindChanges().ShouldBeEmpty();
    }

    [Fact]
    public void Other_bytes_of_the_same_length_and_time_are_a_change()
    {
        var (manifest, time) = (Take(), File.GetLastWriteTimeUtc(folder.File("src/a.py")));
        File.WriteAllText(folder.File("src/a.py"), "x = 2\n");
        File.SetLastWriteTimeUtc(folder.File("src/a.py"), time);
        manifest.FindChanges().ShouldBe(["src/a.py"]);
    }

    [Fact]
    public void A_link_in_place_of_a_file_or_of_its_folder_is_a_change_though_the_content_is_the_same()
    {
        var manifest = Take();
        Directory.Move(folder.File("src"), folder.File("elsewhere"));
        Directory.CreateSymbolicLink(folder.File("src"), "elsewhere");
        File.Delete(folder.File("link"));
        File.CreateSymbolicLink(folder.File("link"), "elsewhere/a.py");
        manifest.FindChanges().ShouldBe(["link", "src/a.py"]);
    }

    [Fact]
    public void A_pipe_in_place_of_a_file_is_a_change_and_is_never_waited_for()
    {
        var manifest = Take();
        File.Delete(folder.File("src/a.py"));
        using var pipe = Process.Start("mkfifo", folder.File("src/a.py"));
        pipe.WaitForExit();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File("empty"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        manifest.FindChanges().ShouldBe(["empty", "src/a.py"]);
    }
}

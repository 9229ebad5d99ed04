using Anneal.Lab.Subjects;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Subjects;

public class FileEditTests
{
    [Fact]
    public void Pieces_are_replaced_in_order_and_exactly() =>
        new FileEdit("a.py", Hunks: [new Hunk("one\n", "1\n"), new Hunk("1\ntwo", "1\n2")]).Apply("one\ntwo\r\n").ShouldBe("1\n2\r\n");

    [Fact]
    public void Whole_content_takes_the_files_place() => new FileEdit("a.py", Content: "new").Apply("old").ShouldBe("new");

    [Theory]
    [InlineData("three", "is not in the file")]
    [InlineData("o", "more than once")]
    [InlineData("", "is empty")]
    public void A_piece_that_does_not_stand_there_once_is_refused_with_advice(string search, string problem) =>
        Should.Throw<InputException>(() => new FileEdit("a.py", Hunks: [new Hunk(search, "x")]).Apply("one\ntwo\n")).Message.ShouldContain(problem);

    [Theory]
    [InlineData("../outside.py")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../b.py")]
    [InlineData("./a.py")]
    [InlineData("a//b.py")]
    [InlineData(".git/hooks/post-checkout")]
    [InlineData("sub/.GIT/config")]
    [InlineData("a\\b.py")]
    [InlineData("a\nb.py")]
    [InlineData("")]
    public void Paths_that_lead_out_of_the_repository_are_refused(string path) => FileEdit.FlawOfPath(path).ShouldNotBeNull();

    [Theory]
    [InlineData("train.py")]
    [InlineData("src/model/layers.py")]
    [InlineData(".gitignore")]
    public void Plain_paths_are_taken(string path) => FileEdit.FlawOfPath(path).ShouldBeNull();
}

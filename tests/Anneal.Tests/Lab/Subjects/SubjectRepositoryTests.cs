using Anneal.Lab;
using Anneal.Lab.Subjects;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Subjects;

public class SubjectRepositoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, string> Train(string content) => new() { ["train.py"] = content };

    [Fact]
    public async Task The_same_edit_is_the_same_commit_and_leaves_the_user_alone()
    {
        using var lab = new SubjectLab();
        File.AppendAllText(Path.Combine(lab.Repository, "train.py"), "# not committed\n");
        File.WriteAllText(Path.Combine(lab.Repository, "notes"), "mine");
        var before = (lab.Git("status", "--porcelain"), lab.Git("for-each-ref"), lab.Git("rev-parse", "HEAD"));
        var (clone, baseline) = await lab.OpenAsync(Cancel);

        baseline.Commit.ShouldBe(lab.Git("rev-parse", "HEAD"));
        (await clone.ReadFileAsync(baseline.Commit, "train.py", Cancel)).ShouldNotContain("not committed");
        var first = await clone.CommitAsync(baseline.Commit, Train("x = 1\n"), "message", DateTimeOffset.UnixEpoch, Cancel);
        (await clone.CommitAsync(baseline.Commit, Train("x = 1\n"), "message", DateTimeOffset.UnixEpoch, Cancel)).ShouldBe(first);
        var revision = await clone.ReadAsync(first, baseline.Commit, Cancel);
        revision.Diff.ShouldContain("+x = 1");
        Revision.Parse(revision.ToText()).ShouldBe(revision);
        Revision.Parse(baseline.ToText()).ShouldBe(baseline);
        (lab.Git("status", "--porcelain"), lab.Git("for-each-ref"), lab.Git("rev-parse", "HEAD")).ShouldBe(before);
    }

    [Fact]
    public async Task A_copy_of_a_commit_has_no_git_and_a_damaged_clone_is_noticed()
    {
        using var lab = new SubjectLab();
        var (clone, baseline) = await lab.OpenAsync(Cancel);
        await clone.CheckOutAsync(baseline.Commit, Path.Combine(lab.Lab, "copy"), Cancel);
        Directory.GetFileSystemEntries(Path.Combine(lab.Lab, "copy")).Select(Path.GetFileName).Order().ShouldBe(["prepare.py", "train.py"]);
        foreach (var pack in Directory.GetFiles(clone.GitDirectory, "*", SearchOption.AllDirectories).Where(file => file.Contains("objects", StringComparison.Ordinal)))
        {
            File.SetAttributes(pack, FileAttributes.Normal);
            File.WriteAllText(pack, "");
        }
        await Should.ThrowAsync<Exception>(clone.CheckOutAsync(baseline.Commit, Path.Combine(lab.Lab, "again"), Cancel));
    }

    [Fact]
    public async Task What_cannot_be_edited_is_said_before_anything_runs()
    {
        using var lab = new SubjectLab();
        File.CreateSymbolicLink(Path.Combine(lab.Repository, "link.py"), "train.py");
        Directory.CreateSymbolicLink(Path.Combine(lab.Repository, "out"), "/etc");
        lab.Commit("links");
        (await Problem("link.py")).ShouldContain("symbolic link");
        (await Problem("out/passwd")).ShouldContain("has no file `out/passwd`");
        (await Problem("trian.py")).ShouldContain("did you mean `train.py`");

        async Task<string> Problem(string file)
        {
            var folder = Path.Combine(lab.Lab, file.Replace('/', '-'));
            var clone = new SubjectRepository(folder, lab.Subject with { Edit = [file] });
            await clone.CloneAsync(Cancel);
            return (await Should.ThrowAsync<InputException>(clone.FindBaselineAsync(Cancel))).Message;
        }
    }

    [Fact]
    public async Task A_revision_may_be_a_branch_a_tag_or_a_commit_and_a_folder_without_git_is_refused()
    {
        using var lab = new SubjectLab();
        var first = lab.Git("rev-parse", "HEAD");
        lab.Git("tag", "start");
        lab.Git("checkout", "--quiet", "-b", "later");
        File.WriteAllText(Path.Combine(lab.Repository, "more"), "x");
        lab.Commit("more");
        lab.Git("checkout", "--quiet", "--detach");
        foreach (var (revision, commit) in new[] { ("main", first), ("start", first), (first, first), (first[..10], first), ("later", lab.Git("rev-parse", "HEAD")), ("HEAD", lab.Git("rev-parse", "HEAD")) })
        {
            var clone = new SubjectRepository(Path.Combine(lab.Lab, revision), lab.Subject with { Revision = revision });
            await clone.CloneAsync(Cancel);
            (await clone.FindBaselineAsync(Cancel)).Commit.ShouldBe(commit);
        }
        var nothing = new SubjectRepository(Path.Combine(lab.Lab, "x"), lab.Subject with { Path = Directory.CreateDirectory(Path.Combine(lab.Lab, "no-git")).FullName });
        (await Should.ThrowAsync<InputException>(nothing.CloneAsync(Cancel))).Message.ShouldContain("git init");
    }

    [Fact]
    public async Task A_branch_is_moved_forward_and_never_over_foreign_commits_or_into_a_checkout()
    {
        using var lab = new SubjectLab();
        var (clone, baseline) = await lab.OpenAsync(Cancel);
        var one = await clone.CommitAsync(baseline.Commit, Train("x = 1\n"), "one", DateTimeOffset.UnixEpoch, Cancel);
        var two = await clone.CommitAsync(one, Train("x = 2\n"), "two", DateTimeOffset.UnixEpoch, Cancel);
        (await clone.PublishAsync(one, "anneal/repo", Cancel)).ShouldBeNull();
        (await clone.PublishAsync(two, "anneal/repo", Cancel)).ShouldBeNull();
        lab.Git("rev-parse", "anneal/repo").ShouldBe(two);
        lab.Git("branch", "--show-current").ShouldBe("main");
        (await clone.PublishAsync(one, "anneal/repo", Cancel)).ShouldNotBeNull();
        lab.Git("rev-parse", "anneal/repo").ShouldBe(two);

        lab.Git("checkout", "--quiet", "anneal/repo");
        var three = await clone.CommitAsync(two, Train("x = 3\n"), "three", DateTimeOffset.UnixEpoch, Cancel);
        (await clone.PublishAsync(three, "anneal/repo", Cancel)).ShouldNotBeNull();
        File.ReadAllText(Path.Combine(lab.Repository, "train.py")).ShouldBe("x = 2\n");
    }

    [Fact]
    public async Task Edits_are_held_to_the_list_to_text_and_to_python_that_compiles()
    {
        using var lab = new SubjectLab();
        File.WriteAllText(Path.Combine(lab.Repository, "notes.txt"), "notes");
        lab.Commit("notes");
        lab.Subject = lab.Subject with { Edit = ["train.py", "notes.txt"] };
        var (clone, baseline) = await lab.OpenAsync(Cancel);
        var check = new EditCheck(clone, lab.Subject, new SittingOptions());

        (await RuleOf()).ShouldBe("no_edit");
        (await RuleOf(new FileEdit("prepare.py", Content: "STEPS = 1"))).ShouldBe("outside_the_list");
        (await RuleOf(new FileEdit("../../lab.db", Content: "x"))).ShouldBe("path_escape");
        (await RuleOf(new FileEdit(".git/config", Content: "x"))).ShouldBe("path_escape");
        (await RuleOf(new FileEdit("train.py", Hunks: [new Hunk("NOT THERE", "x")]))).ShouldBe("does_not_apply");
        (await RuleOf(new FileEdit("train.py", Content: "def f(:\n"))).ShouldBe("does_not_compile");
        (await RuleOf(new FileEdit("notes.txt", Content: "a\0b"))).ShouldBe("not_text");
        (await RuleOf(new FileEdit("train.py", Hunks: [new Hunk("DIM = 8 ", "DIM = 9 ")]), new FileEdit("notes.txt", Content: "def f(:"))).ShouldBeNull();

        async Task<string?> RuleOf(params FileEdit[] edits) => (await check.ApplyAsync(baseline, edits, Cancel)).Flaw?.Rule;
    }

    [Theory]
    [InlineData("repo", "anneal/repo")]
    [InlineData("a..b.", "anneal/a.b.-")]
    [InlineData("x.lock", "anneal/x.lock-")]
    public void Every_name_of_a_study_gives_a_branch_that_git_takes(string study, string branch) => SubjectBranch.Of(study).ShouldBe(branch);
}

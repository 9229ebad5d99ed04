using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>
/// The lab's own bare clone of a subject. Experiments are commits in it, made without a working tree; runs get fresh, verified
/// copies of a commit's files, without a <c>.git</c>. The same edits on the same parent give the same commit.
/// </summary>
internal sealed class SubjectRepository
{
    private const string Author = "Anneal", Address = "anneal@localhost";

    private readonly string folder;
    private readonly SubjectSpec subject;

    /// <param name="folder"><c>LAB/subjects/STUDY</c>.</param>
    /// <param name="subject">Where it comes from.</param>
    public SubjectRepository(string folder, SubjectSpec subject) => (this.folder, this.subject) = (folder, subject);

    /// <summary>The bare clone.</summary>
    public string GitDirectory => Path.Combine(folder, "repo.git");

    /// <summary>Clones what the repository holds now, unless that was done before.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">No repository, or one without commits.</exception>
    public async Task CloneAsync(CancellationToken cancel)
    {
        if (Directory.Exists(GitDirectory)) return;
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, "repo.draft");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        try
        {
            await Git.RunAsync(folder, ["init", "--bare", "--quiet", "--template=", draft], cancel);
            await Git.RunAsync(draft, ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--", subject.Path,
                "+HEAD:refs/origin/HEAD", "+refs/heads/*:refs/origin/heads/*", "+refs/tags/*:refs/origin/tags/*"], cancel);
        }
        catch (GitException e)
        {
            throw new InputException(subject.Path, $"cannot be cloned: {e.Words} A subject is a git repository with at least one commit: `git init`, `git add` and `git commit` make one.");
        }
        Directory.Move(draft, GitDirectory);
    }

    /// <summary>The commit to start from.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InputException">No such revision, or a file to edit is not in it.</exception>
    public async Task<Revision> FindBaselineAsync(CancellationToken cancel)
    {
        var commit = await ResolveAsync(cancel);
        foreach (var file in subject.Edit)
        {
            var mode = await ModeAsync(commit, file, cancel);
            if (mode is "100644" or "100755") continue;
            throw new InputException(subject.Path, mode == "120000"
                ? $"`{file}` is a symbolic link at {commit[..7]}; list the file that it points to under `subject.edit`"
                : $"commit {commit[..7]} has no file `{file}`, which `subject.edit` lists; {NearestWord.Hint(file, await ListFilesAsync(commit, cancel))} What is not committed does not count.");
        }
        return await ReadAsync(commit, commit, cancel);
    }

    /// <summary>A commit with its difference from the baseline.</summary>
    /// <param name="commit">Commit.</param>
    /// <param name="baseline">The study's first commit.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Revision> ReadAsync(string commit, string baseline, CancellationToken cancel) => new(
        commit,
        (await GitAsync(["rev-parse", $"{commit}^{{tree}}"], cancel)).Trim(),
        commit == baseline ? "" : await DiffAsync(baseline, commit, cancel));

    /// <summary>Unified diff of two commits; no colours, no external programs.</summary>
    /// <param name="before">Commit.</param>
    /// <param name="after">Commit.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<string> DiffAsync(string before, string after, CancellationToken cancel) =>
        GitAsync(["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", before, after], cancel);

    /// <summary>Content of a file.</summary>
    /// <param name="commit">Commit.</param>
    /// <param name="path">Relative path.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<string> ReadFileAsync(string commit, string path, CancellationToken cancel) => GitAsync(["cat-file", "blob", $"{commit}:{path}"], cancel);

    /// <summary>Paths of a commit's regular files, in git's order.</summary>
    /// <param name="commit">Commit.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="links">Symbolic links, too.</param>
    public async Task<IReadOnlyList<string>> ListFilesAsync(string commit, CancellationToken cancel, bool links = false) =>
        [.. (await GitAsync(["ls-tree", "-r", "-z", commit], cancel)).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("100", StringComparison.Ordinal) || (links && line.StartsWith("120", StringComparison.Ordinal))).Select(line => line[(line.IndexOf('\t') + 1)..])];

    /// <summary>A commit of other content for some files; the rest is the parent's.</summary>
    /// <param name="parent">Commit to change.</param>
    /// <param name="files">New content by path; every path is a regular file of the parent.</param>
    /// <param name="message">Commit message.</param>
    /// <param name="when">Its date, fixed so that the same call gives the same commit.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The commit's hash.</returns>
    public async Task<string> CommitAsync(string parent, IReadOnlyDictionary<string, string> files, string message, DateTimeOffset when, CancellationToken cancel)
    {
        using var index = new ScratchIndex(folder);
        await GitAsync(["read-tree", parent], cancel, environment: index.Variables);
        foreach (var (path, content) in files)
        {
            var mode = await ModeAsync(parent, path, cancel);
            if (mode is not ("100644" or "100755")) throw new InputException(path, "is not a regular file of the champion");
            var blob = (await GitAsync(["hash-object", "-w", "--stdin", "--no-filters"], cancel, content)).Trim();
            await GitAsync(["update-index", "--cacheinfo", $"{mode},{blob},{path}"], cancel, environment: index.Variables);
        }
        var tree = (await GitAsync(["write-tree"], cancel, environment: index.Variables)).Trim();
        return await CommitTreeAsync(tree, parent, message, when, cancel);
    }

    /// <summary>A commit of a given tree.</summary>
    /// <param name="tree">Tree.</param>
    /// <param name="parent">Commit before it.</param>
    /// <param name="message">Commit message.</param>
    /// <param name="when">Its date.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The commit's hash.</returns>
    public async Task<string> CommitTreeAsync(string tree, string parent, string message, DateTimeOffset when, CancellationToken cancel)
    {
        var date = $"@{when.ToUnixTimeSeconds()} +0000";
        return (await GitAsync(["commit-tree", tree, "-p", parent], cancel, message, new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = Author,
            ["GIT_AUTHOR_EMAIL"] = Address,
            ["GIT_AUTHOR_DATE"] = date,
            ["GIT_COMMITTER_NAME"] = Author,
            ["GIT_COMMITTER_EMAIL"] = Address,
            ["GIT_COMMITTER_DATE"] = date,
        })).Trim();
    }

    /// <summary>Gives a commit a name, so that it stays and can be fetched: <c>refs/anneal/NAME</c>.</summary>
    /// <param name="name">Name.</param>
    /// <param name="commit">Commit.</param>
    /// <param name="cancel">Gives up.</param>
    public Task NameAsync(string name, string commit, CancellationToken cancel) => GitAsync(["update-ref", $"refs/anneal/{name}", commit], cancel);

    /// <summary>Writes a commit's files into a new folder and checks what lies there against the commit's hashes.</summary>
    /// <param name="commit">Commit.</param>
    /// <param name="target">Folder; must not exist.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task CheckOutAsync(string commit, string target, CancellationToken cancel)
    {
        Directory.CreateDirectory(target);
        using (var index = new ScratchIndex(folder))
        {
            await GitAsync(["--work-tree", target, "read-tree", commit], cancel, environment: index.Variables);
            await GitAsync(["--work-tree", target, "checkout-index", "--all", "--quiet"], cancel, environment: index.Variables);
        }
        if (await FindChangesAsync(commit, target, cancel) is [var first, ..])
            throw new InputException(GitDirectory, $"the files of commit {commit[..7]} do not match their hashes ({first}): the clone is damaged. Remove {folder} and run the study again.");
    }

    /// <summary>Brings a commit into the user's repository as a branch: by fast-forward or not at all, and never into a checkout.</summary>
    /// <param name="commit">Commit.</param>
    /// <param name="branch">Branch.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Why it was not done, or null.</returns>
    public async Task<string?> PublishAsync(string commit, string branch, CancellationToken cancel)
    {
        await NameAsync("champion", commit, cancel);
        try
        {
            await Git.RunAsync(subject.Path, ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", GitDirectory, $"refs/anneal/champion:refs/heads/{branch}"], cancel);
            return null;
        }
        catch (GitException e)
        {
            return e.Words;
        }
    }

    // Files of a commit that are not what the commit says. For fresh copies: a run could leave attributes behind that mislead git.
    private async Task<IReadOnlyList<string>> FindChangesAsync(string commit, string target, CancellationToken cancel)
    {
        // A fresh index trusts no time stamp: every file is read and hashed.
        using var index = new ScratchIndex(folder);
        await GitAsync(["--work-tree", target, "read-tree", commit], cancel, environment: index.Variables);
        try
        {
            await GitAsync(["--work-tree", target, "update-index", "-q", "--really-refresh"], cancel, environment: index.Variables);
        }
        catch (GitException)
        {
            // Something differs: the next command says what.
        }
        var changes = await GitAsync(["--work-tree", target, "diff-files", "--name-only", "--no-ext-diff", "-z"], cancel, environment: index.Variables);
        return changes.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> ResolveAsync(CancellationToken cancel)
    {
        string[] names = subject.Revision == "HEAD" ? ["refs/origin/HEAD"] : [$"refs/origin/heads/{subject.Revision}", $"refs/origin/tags/{subject.Revision}", subject.Revision];
        foreach (var name in names)
        {
            try
            {
                return (await GitAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", $"{name}^{{commit}}"], cancel)).Trim();
            }
            catch (GitException)
            {
                // The next form of the name.
            }
        }
        throw new InputException(subject.Path, $"has no revision `{subject.Revision}` on any of its branches or tags");
    }

    private async Task<string> ModeAsync(string commit, string path, CancellationToken cancel) =>
        (await GitAsync(["ls-tree", commit, "--", path], cancel)).Split(' ')[0];

    private Task<string> GitAsync(IReadOnlyList<string> arguments, CancellationToken cancel, string? input = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Git.RunAsync(folder, ["--git-dir", GitDirectory, .. arguments], cancel, input, environment);
}

using System.Diagnostics;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Lab.Subjects;

namespace Anneal.Tests.Lab.Subjects;

// A git repository with a trainer, and a lab beside it. Skips the test where a program is missing.
internal sealed class SubjectLab : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private Anneal.Lab.Ledger.Ledger? ledger;
    private int runs;

    public SubjectLab(string? train = null)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("subjects run in a POSIX shell");
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("/usr/bin/python3 is not installed");
        if (!File.Exists("/usr/bin/git")) Assert.Skip("git is not installed");
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        Directory.CreateDirectory(Repository);
        foreach (var file in Directory.GetFiles(StandIn)) File.Copy(file, Path.Combine(Repository, Path.GetFileName(file)));
        if (train is not null) File.WriteAllText(Path.Combine(Repository, "train.py"), train);
        Git("init", "--quiet", "--initial-branch=main");
        Commit("baseline");
        Subject = new SubjectSpec { Path = Repository, Command = "python3 train.py", Edit = ["train.py"], Budget = 20 };
    }

    public string Repository => folder.File("repository");

    public string Lab => folder.File("lab");

    public SubjectSpec Subject { get; set; }

    public StudySpec Spec => new()
    {
        Study = "repo",
        Subject = Subject,
        Objective = Subject.Objective,
        Recipe = "",
        Corpus = "",
        Researcher = "embedded",
        Rungs = Subject.Rungs,
        Budget = new StudyBudget { Experiments = 3 },
        Acceptance = new AcceptanceSpec { MinEffect = 0.02, MaxPairs = 5 },
        Noise = new NoiseSpec { NullPairs = 2, NudgePairs = 0, SealedPairs = 2 },
    };

    public Anneal.Lab.Ledger.Ledger Ledger => ledger!;

    private static string StandIn { get; } = Path.Combine(Root(), "samples", "any-repository", "trainer");

    public void Commit(string message)
    {
        Git("add", "--all");
        Git("-c", "user.name=User", "-c", "user.email=user@example.org", "commit", "--quiet", "--message", message);
    }

    public string Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Repository, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors}");
    }

    // A clone and an open ledger, as a campaign has them.
    public async Task<(SubjectRepository Clone, Revision Baseline)> OpenAsync(CancellationToken cancel)
    {
        var clone = new SubjectRepository(Path.Combine(Lab, "subjects", "repo"), Subject);
        await clone.CloneAsync(cancel);
        var baseline = await clone.FindBaselineAsync(cancel);
        if (ledger is null)
        {
            ledger = Anneal.Lab.Ledger.Ledger.Open(Lab);
            ledger.TakeLease("repo");
            ledger.AddStudy(Spec, baseline.ToText(), new Dictionary<string, string>());
        }
        return (clone, baseline);
    }

    // Runs a train.py once, as an experiment would, and gives what the ledger holds of it.
    public async Task<(RunRecord Run, IReadOnlyList<IncidentRecord> Incidents, string Folder)> RunAsync(string train, CancellationToken cancel, double leastSeconds = 0, bool sandboxed = true)
    {
        var (clone, baseline) = await OpenAsync(cancel);
        var commit = await clone.CommitAsync(baseline.Commit, new Dictionary<string, string> { ["train.py"] = train }, "edit", DateTimeOffset.UnixEpoch, cancel);
        var runner = new SubjectRunner(Spec, clone, Ledger, sandboxed ? Sandbox.Find(out _) : null, null);
        var job = new SubjectJob { Key = $"e01.treatment.{runs++}", Role = RunRole.Treatment, Experiment = 1, Revision = await clone.ReadAsync(commit, baseline.Commit, cancel), Seed = 7, LeastSeconds = leastSeconds };
        var run = await runner.RunAsync(job, cancel);
        return (run, Ledger.ReadIncidents("repo", run.Id), runner.PathOf(run.Id));
    }

    public void Dispose()
    {
        ledger?.Dispose();
        folder.Dispose();
    }

    private static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Anneal.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("no Anneal.slnx above the tests");
    }
}

using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Lab.Subjects;
using Anneal.Runs;
using Anneal.Tests.Cli;

namespace Anneal.Tests.Lab.Subjects;

public class SubjectStudyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_built_in_search_finds_the_planted_improvement_and_commits_it_with_its_evidence()
    {
        using var lab = new SubjectLab();
        File.AppendAllText(Path.Combine(lab.Repository, "train.py"), "# not committed\n");
        var before = (lab.Git("status", "--porcelain"), lab.Git("rev-parse", "HEAD"), lab.Git("branch", "--show-current"));
        var heard = new Listener();
        var study = await Study.RunAsync(lab.Spec, lab.Lab, heard, Cancel);

        study.Status.ShouldBe("done");
        study.Experiments.Count.ShouldBe(3);
        var first = study.Experiments[0];
        first.Proposal.Change["train.py:LEARNING_RATE"].ShouldBe("0.5");
        (first.Verdict, first.Grade, first.Adopted).ShouldBe((Verdict.Suggestive, EvidenceGrade.SelfReported, true));
        first.Effect.ShouldNotBeNull().ShouldBeGreaterThan(0.1);
        first.Evidence!.Value.Value.ShouldBeGreaterThan(first.Evidence.Value.Bar);
        study.Experiments.ShouldAllBe(experiment => experiment.Verdict != Verdict.Confirmed);
        study.Sealed!.Effect.ShouldBeGreaterThan(0.2);
        study.SealedOpenings.ShouldBe(0);

        // The user's checkout is as it was; the branch holds the adopted edits, one commit each, with the evidence.
        (lab.Git("status", "--porcelain"), lab.Git("rev-parse", "HEAD"), lab.Git("branch", "--show-current")).ShouldBe(before);
        var adopted = study.Experiments.Count(experiment => experiment.Adopted);
        lab.Git("rev-list", "--count", "main..anneal/repo").ShouldBe($"{adopted}");
        lab.Git("rev-parse", "anneal/repo").ShouldBe(study.ChampionCommit());
        lab.Git("diff", "--name-only", "main", "anneal/repo").ShouldBe("train.py");
        var message = lab.Git("log", "--reverse", "--format=%B", "main..anneal/repo");
        foreach (var part in (string[])["Hypothesis: LEARNING_RATE = 0.5", "Effect: +", "95% interval:", "Predicted:", "Pairs:", "E-value:", "self_reported", "Experiment: 1 of study repo"]) message.ShouldContain(part);
        heard.Of<BranchWritten>().Single().Problem.ShouldBeNull();

        var results = File.ReadAllLines(Path.Combine(Study.ReportDirectory("repo", lab.Lab), "results.tsv"));
        results[0].ShouldBe("commit\tval_bpb\tmemory_gb\tstatus\tdescription");
        results.Length.ShouldBe(5);
        results[1].ShouldStartWith(lab.Git("rev-parse", "HEAD")[..7] + "\t3.");
        results[1].ShouldEndWith("\t0.0\tkeep\tbaseline");
        results[2].Split('\t')[3].ShouldBe("keep");

        var html = HtmlReport.Render(study);
        foreach (var part in (string[])["anneal/repo", "self_reported", "+LEARNING_RATE = 0.5", "Suggestive:"]) html.ShouldContain(part);
        html.ShouldNotContain("sealed test split");
        JsonReport.Render(study, lab.Lab, null).ShouldContain("\"grade\": \"self_reported\"");

        // Again: nothing is run, the same is told.
        var again = new Listener();
        Told(await Study.ResumeAsync("repo", lab.Lab, again, Cancel)).ShouldBe(Told(study));
        again.Of<RunStarted>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_killed_at_random_moments_ends_like_an_undisturbed_one()
    {
        using var lab = new SubjectLab();
        var file = Path.Combine(lab.Lab, "..", "study.yaml");
        lab.Subject = lab.Subject with { Command = "python3 train.py", Budget = 20 };
        File.WriteAllText(file, StudyText.Of(lab.Spec with { Budget = new StudyBudget { Experiments = 1 } }, ""));
        var undisturbed = await Study.RunAsync(StudyFile.Load(file), Path.Combine(lab.Lab, "undisturbed"), null, Cancel);

        var (random, killed) = (new Random(5), Path.Combine(lab.Lab, "killed"));
        for (var kill = 0; kill < 3; kill++)
        {
            using var sitting = CliProgram.Start(["study", "run", file, "--lab", killed], null, null);
            sitting.StandardInput.Close();
            await Task.WhenAny(sitting.WaitForExitAsync(Cancel), Task.Delay(500 + random.Next(1200), Cancel));
            if (!sitting.HasExited) sitting.Kill();
            await sitting.WaitForExitAsync(Cancel);
        }
        var last = CliProgram.Run("study", "run", file, "--lab", killed);
        last.ExitCode.ShouldBe(0, last.Error);
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(killed);
        Told(ledger.ReadStudy("repo")).ShouldBe(Told(undisturbed));
        ledger.ReadOpenAttempts().ShouldBeEmpty();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_run_and_saves_the_state()
    {
        using var lab = new SubjectLab("import time\ntime.sleep(60)\nprint('val_bpb: 1')\n");
        using var person = new CancellationTokenSource();
        var heard = new Listener();
        heard.On<RunStarted>(_ => person.CancelAfter(300));
        (await Study.RunAsync(lab.Spec, lab.Lab, heard, person.Token)).Status.ShouldBe("interrupted");
        using var ledger = Anneal.Lab.Ledger.Ledger.Open(lab.Lab);
        ledger.ReadOpenAttempts().ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(lab.Lab, "subjects", "repo", "trees")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_baseline_that_fails_is_an_error_with_its_last_words()
    {
        using var lab = new SubjectLab("raise RuntimeError('no data here')\n");
        var problem = await Should.ThrowAsync<InputException>(Study.RunAsync(lab.Spec, lab.Lab, null, Cancel));
        problem.Message.ShouldContain("the baseline itself fails");
        problem.Message.ShouldContain("no data here");
    }

    [Fact]
    public async Task A_larger_metric_can_be_the_goal_and_short_runs_come_first()
    {
        using var lab = new SubjectLab("""
            import os, random, sys
            LEARNING_RATE = 0.25
            random.seed(int(os.environ["ANNEAL_SEED"]))
            print("accuracy:", 0.5 + min(LEARNING_RATE, 2) / 10 + random.gauss(0, 0.002) + 0 * float(sys.argv[1]))

            """);
        lab.Subject = lab.Subject with { Command = "python3 train.py {budget}", Metric = "accuracy", Goal = SubjectGoal.Maximise, Rungs = [0.5], Budget = 10 };
        var study = await Study.RunAsync(lab.Spec with { Acceptance = new AcceptanceSpec { MaxPairs = 6 }, Budget = new StudyBudget { Experiments = 2 } }, lab.Lab, null, Cancel);

        study.Spec.Objective.ShouldBe("-accuracy");
        var first = study.Experiments[0];
        first.Screens.ShouldHaveSingleItem().Fraction.ShouldBe(0.5);
        (first.Adopted, first.Verdict).ShouldBe((true, Verdict.Suggestive), first.Reason);
        first.Effect!.Value.ShouldBe(0.025, 0.01);
        study.Runs.Where(run => run.Rung == 1).ShouldAllBe(run => run.Value < 0);
        File.ReadAllLines(Path.Combine(Study.ReportDirectory("repo", lab.Lab), "results.tsv"))[1].Split('\t')[1].ShouldStartWith("0.5");
        HtmlReport.Render(study).ShouldContain("accuracy, higher is better");
    }

    [Fact]
    public async Task A_budget_of_runs_is_never_exceeded()
    {
        using var lab = new SubjectLab();
        var study = await Study.RunAsync(lab.Spec with { Budget = new StudyBudget { Experiments = 9, Runs = 16 } }, lab.Lab, null, Cancel);
        study.Status.ShouldBe("done");
        study.Runs.Count.ShouldBeLessThanOrEqualTo(16);
        study.Sealed.ShouldNotBeNull();
    }

    [Fact]
    public void A_study_file_with_a_subject_is_read_and_its_faults_are_named()
    {
        using var lab = new SubjectLab();
        var spec = lab.Spec with { Budget = new StudyBudget { Runs = 40, Seconds = 90, Experiments = 7 }, Subject = lab.Subject with { Mounts = ["/usr/share"], MemoryGb = 2.5 } };
        var file = Path.Combine(Directory.CreateDirectory(lab.Lab).FullName, "study.yaml");
        File.WriteAllText(file, StudyText.Of(spec, ""));
        System.Text.Json.JsonSerializer.Serialize(StudyFile.Load(file) with { Parallel = 0 }).ShouldBe(System.Text.Json.JsonSerializer.Serialize(spec));

        File.WriteAllText(file, """
            study: repo
            recipe: baseline.yaml
            subject:
              path: /not/there
              command: python3 train.py
              edit: [../x.py]
              goal: maximize
              rungs: [0.5]
            budget: {flops: 1e12}
            """);
        var problems = Should.Throw<InputException>(() => StudyFile.Load(file)).Message;
        foreach (var part in (string[])["unknown key `recipe`", "not a folder", "without empty parts", "did you mean `maximise`", "{budget}", "unknown key `budget.flops`"]) problems.ShouldContain(part);
    }

    // Everything that must not depend on time and kills; commits carry the date of their study.
    private static string Told(StudyRecord study) => string.Join('\n', study.Experiments
        .Select(experiment => $"{experiment.Id} {experiment.Identity} {experiment.Verdict} {experiment.Adopted} {experiment.Effect:R} {experiment.Reason} {string.Join(' ', experiment.Pairs)}")
        .Append($"{study.Status} {Revision.Parse(study.Champion).Tree} {study.Sealed?.Effect:R}")
        .Concat(study.Runs.Select(run => $"{run.Id} {run.Value:R} {run.Seed}").Order(StringComparer.Ordinal)));
}

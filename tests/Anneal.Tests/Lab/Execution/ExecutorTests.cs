using System.Diagnostics;
using Anneal.Benchmarks.Durability;
using Anneal.Data;
using Anneal.Lab;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Runs.Recipes;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Execution;

public sealed class ExecutorTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly TinyStudy tiny = new();
    private readonly LabLedger ledger;
    private readonly Lease lease;
    private readonly StudySpec spec;
    private readonly Recipe recipe;
    private readonly Corpus corpus;
    private readonly Listener heard = new();

    public ExecutorTests()
    {
        spec = tiny.Spec;
        ledger = LabLedger.Open(tiny.Lab);
        lease = ledger.TakeLease("tiny");
        recipe = RecipeFile.Load(spec.Recipe);
        corpus = Corpus.Prepare(spec.Corpus, Path.Combine(tiny.Lab, "corpus"));
        ledger.AddStudy(spec, recipe.ToYaml(), new Dictionary<string, string>());
    }

    public void Dispose()
    {
        lease.Dispose();
        ledger.Dispose();
        tiny.Dispose();
    }

    private Executor Executor(ExecutorOptions? options = null) => new(ledger, spec, corpus, heard, options ?? Hasty);

    private static ExecutorOptions Hasty { get; } = new() { RetryAfter = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)], CheckpointFlops = 3e7 };

    private Job Job(string key = "one", double flops = 1.2e8) => new() { Key = key, Role = RunRole.Screen, Recipe = recipe with { Budget = new BudgetConfig { Flops = flops } } };

    // Long enough to be caught in the middle.
    private const double Long = 6e9;

    [Fact]
    public async Task A_job_is_trained_evaluated_recorded_and_never_done_again()
    {
        await using var executor = Executor();
        var run = await executor.RunAsync(Job(), Cancel);
        run.Status.ShouldBe("done");
        run.Value!.Value.ShouldBeInRange(1, 9);
        run.Steps.ShouldBe((int)(1.2e8 / executor.FlopsPerStep(recipe)));
        run.Flops.ShouldBe(run.Steps * executor.FlopsPerStep(recipe));
        run.Flops.ShouldBeLessThanOrEqualTo(1.2e8);
        run.Curve.Count.ShouldBeGreaterThan(5);
        Directory.Exists(Path.Combine(tiny.Lab, "runs", run.Id, "checkpoints")).ShouldBeFalse();
        File.Exists(Path.Combine(tiny.Lab, "runs", run.Id, "metrics.jsonl")).ShouldBeTrue();

        await using var later = Executor();
        var clock = Stopwatch.StartNew();
        (await later.RunAsync(Job(), Cancel)).Value.ShouldBe(run.Value);
        ledger.ReadStudy("tiny").Runs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_killed_worker_is_started_again_and_the_result_is_the_same()
    {
        await using var executor = Executor();
        var undisturbed = await executor.RunAsync(Job("undisturbed", Long), Cancel);
        HashSet<int> killed = [];
        heard.On<RunProgressed>(_ =>
        {
            lock (killed)
            {
                // One that is dying may still be heard.
                if (killed.Count < 2 && Child() is var child && killed.Add(child.Pid)) child.Kill();
            }
        });
        var run = await executor.RunAsync(Job("disturbed", Long), Cancel);
        run.Value.ShouldBe(undisturbed.Value);
        run.Flops.ShouldBe(undisturbed.Flops);
        run.Curve.ShouldBe(undisturbed.Curve);
        // The monitor may warn about the training, too.
        var incidents = ledger.ReadIncidents("tiny", run.Id).Where(incident => incident.Cause == "infrastructure").ToList();
        incidents.Count.ShouldBeGreaterThanOrEqualTo(2);
        incidents.ShouldAllBe(incident => incident.Action == "restart");
    }

    [Fact]
    public async Task A_worker_that_dies_every_time_is_given_up_and_recorded_as_failed()
    {
        await using var executor = Executor();
        heard.On<RunProgressed>(_ => Child().Kill());
        var run = await executor.RunAsync(Job("doomed", 1e15), Cancel);
        run.Status.ShouldBe("failed");
        run.Value.ShouldBeNull();
        ledger.ReadIncidents("tiny", run.Id)[^1].Message.ShouldContain("given up after 4 tries");
    }

    [Fact]
    public async Task A_hung_worker_is_killed_and_started_again()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs SIGSTOP");
        await using var executor = Executor(Hasty with { HangFloor = TimeSpan.FromSeconds(4) });
        var stopped = 0;
        heard.On<RunProgressed>(_ =>
        {
            if (Interlocked.Increment(ref stopped) == 1) Process.Start("kill", ["-STOP", $"{Child().Pid}"]).WaitForExit();
        });
        var run = await executor.RunAsync(Job("hung", Long), Cancel);
        run.Status.ShouldBe("done");
        ledger.ReadIncidents("tiny", run.Id).ShouldContain(incident => incident.Message.Contains("hung, killed"));
    }

    [Fact]
    public async Task A_diverging_run_is_a_result_and_is_not_tried_again()
    {
        await using var executor = Executor();
        var run = await executor.RunAsync(Job("wild") with { Recipe = recipe with { Optimizer = recipe.Optimizer with { Lr = 100, Clip = 0 } } }, Cancel);
        run.Status.ShouldBe("failed");
        ledger.ReadIncidents("tiny", run.Id).ShouldNotContain(incident => incident.Cause == "infrastructure");
        ledger.ReadIncidents("tiny", run.Id).ShouldContain(incident => incident.Action == "stop");
        heard.Of<RunStarted>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_worker_whose_lease_closes_ends()
    {
        await using var executor = Executor();
        using var cancel = new CancellationTokenSource();
        heard.On<RunProgressed>(_ => cancel.Cancel());
        var clock = Stopwatch.StartNew();
        await Should.ThrowAsync<OperationCanceledException>(executor.RunAsync(Job("leased", 1e15), cancel.Token));
        ledger.ReadOpenAttempts().ShouldBeEmpty();
        ProcessIdentity.FindByArgument(Path.Combine(tiny.Lab, "runs", "tiny.leased")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Children_of_an_earlier_sitting_are_ended_before_their_directories_are_used()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the program sleep");
        using var named = Process.Start(new ProcessStartInfo("sleep", "61") { UseShellExecute = false })!;
        using var unnamed = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 62; true", Path.Combine(tiny.Lab, "runs", "tiny.unnamed")]) { UseShellExecute = false })!;
        ledger.NameAttempt(ledger.BeginAttempt("tiny.named"), ProcessIdentity.Find(named.Id)!.Value);
        ledger.BeginAttempt("tiny.unnamed");
        await using var executor = Executor();
        await executor.RecoverAsync(Cancel);
        named.WaitForExit(5000).ShouldBeTrue();
        unnamed.WaitForExit(5000).ShouldBeTrue();
        ledger.ReadOpenAttempts().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_directory_with_another_order_is_made_anew()
    {
        await using var executor = Executor();
        var directory = Path.Combine(tiny.Lab, "runs", "tiny.one");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "order.json"), "{}");
        (await executor.RunAsync(Job(), Cancel)).Status.ShouldBe("done");
    }

    [Fact]
    public async Task An_evaluator_that_died_is_replaced_and_says_the_same()
    {
        await using var executor = Executor();
        var run = await executor.RunAsync(Job("kept") with { Role = RunRole.Baseline }, Cancel);
        var checkpoint = Directory.GetDirectories(Path.Combine(tiny.Lab, "runs", run.Id, "checkpoints")).Single();
        var held = corpus.Tokenize(recipe.Tokenizer).HeldDirectory;
        await using var evaluator = new EvaluatorProcess(Hasty);
        var first = await evaluator.EvaluateAsync(checkpoint, held, "val", spec.Evaluation, Cancel);
        first.Bpb.ShouldBe(run.Value!.Value);
        var before = evaluator.Identity!.Value;
        before.Kill();
        (await evaluator.EvaluateAsync(checkpoint, held, "val", spec.Evaluation, Cancel)).DocumentBpb.ShouldBe(first.DocumentBpb);
        evaluator.Identity.ShouldNotBe(before);
        (await evaluator.EvaluateAsync(checkpoint, held, "test", spec.Evaluation, Cancel)).Bpb.ShouldNotBe(first.Bpb);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_measured_is_a_failure_with_the_evaluators_words()
    {
        await using var evaluator = new EvaluatorProcess(Hasty);
        var error = await Should.ThrowAsync<EvaluationException>(evaluator.EvaluateAsync(Path.Combine(tiny.Lab, "nowhere"), tiny.Lab, "val", spec.Evaluation, Cancel));
        error.Message.ShouldContain("cannot be read");
    }

    private ProcessIdentity Child() => ledger.ReadOpenAttempts()[^1].Process!.Value;
}

using System.Text.Json;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Watching;
using Anneal.Runs;
using Anneal.Runs.Protocol;
using Anneal.Tests.Cli;
using Anneal.Tests.Runs.Monitoring;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Watching;

/// <summary>A lab of eight runs, one of which loses its parameters at step 150; what it ended as is up to the test.</summary>
public sealed class PolicyReplayTests : IDisposable
{
    private const int Steps = 300, Runs = 8, Broken = 5;

    private readonly string folder = Directory.CreateTempSubdirectory("anneal-policy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_that_ended_last_and_would_have_been_stopped_is_compute_saved()
    {
        Fill(place => place == Broken ? 9 : place);

        var replay = PolicyReplay.Of(folder, null, cancel: TestContext.Current.CancellationToken);

        replay.Runs.Count.ShouldBe(Runs);
        var stopped = replay.Stops.ShouldHaveSingleItem();
        (stopped.Run.Id, stopped.Rank, stopped.Peers, stopped.EndedBadly).ShouldBe(($"s.{Broken}", Runs, Runs, true));
        stopped.Stop!.Step.ShouldBeInRange(150, 200);
        replay.Killed.ShouldBeEmpty();
        replay.FlopsSaved.ShouldBe(1e12 * (Steps - stopped.Stop.Step) / Steps, 1);
        replay.FlopsOfBadRuns.ShouldBe(4e12);
        CliProgram.Run("watch", "--replay-policy", "--lab", folder).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_run_among_the_best_that_would_have_been_stopped_is_a_harm_and_exits_with_1()
    {
        Fill(place => place == Broken ? 0.5 : place);

        var result = CliProgram.Run("watch", "--replay-policy", "--lab", folder, "--json");

        result.ExitCode.ShouldBe(1, result.Error);
        using var document = JsonDocument.Parse(result.Out);
        var root = document.RootElement;
        (root.GetProperty("runs").GetInt32(), root.GetProperty("stops").GetInt32(), root.GetProperty("stops_among_best").GetInt32()).ShouldBe((Runs, 1, 1));
        root.GetProperty("flops_saved").GetDouble().ShouldBe(0);
        var stopped = root.GetProperty("stopped")[0];
        (stopped.GetProperty("run").GetString(), stopped.GetProperty("rank").GetInt32()).ShouldBe(($"s.{Broken}", 1));
        stopped.GetProperty("incident").GetProperty("action").GetString().ShouldBe("stop");
    }

    [Fact]
    public void A_policy_that_only_observes_stops_nobody_and_a_run_without_metrics_is_counted()
    {
        Fill(place => place == Broken ? 0.5 : place);
        File.Delete(new RunDirectory(Path.Combine(folder, "runs", "s.1")).MetricsPath);

        var replay = PolicyReplay.Of(folder, MonitorPolicy.Observe, cancel: TestContext.Current.CancellationToken);

        (replay.Runs.Count, replay.Missing, replay.Stops.Count()).ShouldBe((Runs - 1, 1, 0));
    }

    [Fact]
    public void A_folder_that_is_no_lab_is_said_to_be_none() =>
        Should.Throw<InputException>(() => PolicyReplay.Of(folder, null)).Message.ShouldContain("is no lab");

    private void Fill(Func<int, double> value)
    {
        using var ledger = LabLedger.Open(folder);
        using var lease = ledger.TakeLease("s");
        ledger.AddStudy(new StudySpec { Study = "s", Recipe = "r.yaml" }, "", new Dictionary<string, string>());
        for (var place = 1; place <= Runs; place++)
        {
            var run = new RunDirectory(Path.Combine(folder, "runs", $"s.{place}"));
            Directory.CreateDirectory(run.Root);
            using (var metrics = new MetricsWriter(run.MetricsPath))
                foreach (var step in new SyntheticRun(place, Steps, 0.03).Stream())
                    metrics.Write(place == Broken && step.Step >= 150 ? step with { Loss = double.NaN, ParamNorm = double.NaN } : step);
            ledger.AddRun($"{place}", new RunRecord
            {
                Id = $"s.{place}",
                Study = "s",
                Role = RunRole.Baseline,
                Pair = place,
                Recipe = "",
                RecipeHash = "",
                Status = "done",
                Value = value(place),
                Steps = Steps,
                Flops = 1e12,
            }, null, []);
        }
    }
}

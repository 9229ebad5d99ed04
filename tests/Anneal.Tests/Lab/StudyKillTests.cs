using System.Diagnostics;
using Anneal.Benchmarks.Durability;

namespace Anneal.Tests.Lab;

public class StudyKillTests
{
    private const int Kills = 12;

    [Fact]
    public async Task A_study_killed_at_random_moments_ends_like_an_undisturbed_one()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("counts on exit code 137 of a killed process");
        var cancel = TestContext.Current.CancellationToken;
        using var tiny = new TinyStudy();
        var clock = Stopwatch.StartNew();
        var undisturbed = await tiny.RunAsync(null, cancel);
        var spree = new KillingSpree(tiny, Path.Combine(tiny.Folder, "killed"), seed: 20);
        var killed = await spree.RunAsync(Kills, clock.Elapsed / 3, cancel);

        Outcome.Of(killed).ShouldBe(Outcome.Of(undisturbed));
        spree.StudiesKilled.ShouldBeGreaterThan(3);
        killed.SealedOpenings.ShouldBe(1);
        killed.Runs.Select(run => run.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task The_outcome_does_not_depend_on_what_finishes_first()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var tiny = new TinyStudy();
        var first = await tiny.RunAsync(null, cancel);
        // The same study with every second run held up at its start.
        var held = 0;
        var heard = new Listener();
        heard.On<Anneal.Lab.RunStarted>(_ =>
        {
            if (Interlocked.Increment(ref held) % 2 == 0) Thread.Sleep(150);
        });
        var second = await Anneal.Lab.Study.RunAsync(tiny.Spec, Path.Combine(tiny.Folder, "again"), heard, cancel);
        Outcome.Of(second).ShouldBe(Outcome.Of(first));
    }
}

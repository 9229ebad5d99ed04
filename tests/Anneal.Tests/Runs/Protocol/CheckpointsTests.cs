using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Protocol;

public sealed class CheckpointsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("anneal-checkpoints-").FullName;
    private readonly Checkpoints checkpoints;

    public CheckpointsTests() => checkpoints = new(root);

    public void Dispose() => Directory.Delete(root, true);

    [Fact]
    public void States_are_named_by_their_step_and_found_in_order()
    {
        foreach (var step in new[] { 20, 3, 1_000_000 }) Directory.CreateDirectory(checkpoints.PathOf(step));
        Directory.CreateDirectory(Path.Combine(root, "step-abc"));

        checkpoints.PathOf(123).ShouldEndWith("step-000123");
        checkpoints.Steps().ShouldBe([3, 20, 1_000_000]);
        checkpoints.Newest().ShouldBe(checkpoints.PathOf(1_000_000));
        new Checkpoints(Path.Combine(root, "none")).Newest().ShouldBeNull();
    }

    [Fact]
    public void Pruning_keeps_the_newest_and_those_made_for_the_evaluator()
    {
        for (var step = 10; step <= 100; step += 10) Directory.CreateDirectory(checkpoints.PathOf(step));

        checkpoints.Prune(2, alwaysEvery: 40);

        checkpoints.Steps().ShouldBe([40, 80, 90, 100]);
    }

    [Fact]
    public void A_crash_in_the_middle_of_saving_or_removing_leaves_nothing_behind()
    {
        foreach (var name in new[] { "step-000010", "step-000010.old", "step-000020.old", "step-000030.tmp-77", ".removed-000005-77" }) Directory.CreateDirectory(Path.Combine(root, name));

        checkpoints.Recover();

        Directory.GetDirectories(root).Select(d => Path.GetFileName(d)).Order().ShouldBe(["step-000010", "step-000020"]);
    }
}

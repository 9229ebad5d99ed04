using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Training;

public class CheckpointTests
{
    [Fact]
    public void A_model_loads_without_its_optimizer()
    {
        using var run = Trained(out var folder);
        using var model = Checkpoint.LoadModel(folder);
        model.Config.ShouldBe(run.Trainer.Options.Model);
        foreach (var (a, b) in model.Parameters.Zip(run.Trainer.Model.Parameters)) a.Value.SequenceEqual(b.Value).ShouldBeTrue(a.Name);
        Checkpoint.Describe(folder).ShouldBe((run.Trainer.Options, 2L));
    }

    [Fact]
    public void Saving_again_replaces_the_directory_and_leaves_nothing_else()
    {
        using var run = Trained(out var folder);
        run.Trainer.Step();
        run.Trainer.Save(folder);
        Checkpoint.Describe(folder).Step.ShouldBe(3);
        Directory.GetFileSystemEntries(run.Folder).Select(Path.GetFileName).Order().ShouldBe(["checkpoint", "train.bin"]);
        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["model.safetensors", "optimizer.safetensors", "trainer.json"]);
    }

    [Fact]
    public void A_death_between_the_renames_leaves_the_old_checkpoint_to_be_found()
    {
        using var run = Trained(out var folder);
        Directory.Move(folder, folder + ".old");
        Checkpoint.Describe(folder).Step.ShouldBe(2);
        run.Trainer.Save(folder);
        Directory.Exists(folder + ".old").ShouldBeFalse();
    }

    [Fact]
    public void A_save_that_fails_leaves_nothing_behind()
    {
        if (!Directory.Exists("/proc")) Assert.Skip("needs a place that refuses directories: /proc");
        using var run = new TinyRun();
        Should.Throw<IOException>(() => run.Trainer.Save("/proc/anneal/checkpoint"));
        File.WriteAllText(Path.Combine(run.Folder, "taken"), "");
        Should.Throw<IOException>(() => run.Trainer.Save(Path.Combine(run.Folder, "taken", "checkpoint")));
        Directory.GetFileSystemEntries(run.Folder).Select(Path.GetFileName).Order().ShouldBe(["taken", "train.bin"]);
    }

    [Fact]
    public void A_checkpoint_of_other_options_is_refused()
    {
        using var run = Trained(out var folder);
        using var other = new TinyRun(options => options with { Optimizer = options.Optimizer with { Lr = 2e-2 } });
        Should.Throw<InvalidDataException>(() => other.Trainer.Restore(folder)).Message.ShouldContain("optimizer.lr: there 0.01, here 0.02");
        using var threads = new TinyRun(options => options with { Threads = 2 });
        threads.Trainer.Restore(folder);
        threads.Trainer.StepCount.ShouldBe(2);
    }

    [Fact]
    public void Damage_is_named()
    {
        using var run = Trained(out var folder);
        Should.Throw<DirectoryNotFoundException>(() => Checkpoint.LoadModel(folder + "x"));

        var state = Path.Combine(folder, "trainer.json");
        var text = File.ReadAllText(state);
        File.WriteAllText(state, text.Replace("\"width\": 24", "\"width\": 25"));
        Should.Throw<InvalidDataException>(() => Checkpoint.LoadModel(folder)).Message.ShouldContain("25 does not split into 3 heads");
        File.WriteAllText(state, text.Replace("\"width\": 24", "\"widht\": 24"));
        Should.Throw<InvalidDataException>(() => Checkpoint.LoadModel(folder)).Message.ShouldContain("widht");
        File.WriteAllText(state, text[..100]);
        Should.Throw<InvalidDataException>(() => run.Trainer.Restore(folder));
        File.WriteAllText(state, text);

        var model = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(model, File.ReadAllBytes(model)[..^4]);
        Should.Throw<InvalidDataException>(() => run.Trainer.Restore(folder)).Message.ShouldContain("model.safetensors");
    }

    private static TinyRun Trained(out string folder)
    {
        var run = new TinyRun();
        run.Trainer.Step();
        run.Trainer.Step();
        folder = Path.Combine(run.Folder, "checkpoint");
        run.Trainer.Save(folder);
        return run;
    }
}

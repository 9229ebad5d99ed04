using Anneal.Runs;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Runs.Protocol;

public class RunOrderTests
{
    private static readonly RunOrder Order = new()
    {
        Recipe = new Recipe { Seed = 3, Data = new() { Mixture = new Dictionary<string, double> { ["System.IO"] = 2 } }, Budget = new() { Flops = 1.5e12 } }
            .With(["optimizer.kind=muon", "optimizer.betas.1=0.99", "data.corpus=\"a b\""]),
        TrainDirectory = "/lab/train",
        Vocab = 1024,
        CheckpointEvery = 10,
        Lease = true,
        Reference = [new(4096, 5.5), new(8192, 4.25)],
    };

    [Fact]
    public void An_order_is_read_back_as_it_was_written()
    {
        var run = RunDirectory.Create(Temporary(), Order);

        var read = RunOrder.Load(run.OrderPath);
        read.Recipe.ToYaml().ShouldBe(Order.Recipe.ToYaml());
        read.Reference.ShouldBe(Order.Reference);
        (read with { Recipe = Order.Recipe, Reference = Order.Reference }).ShouldBe(Order);
        RecipeFile.Parse(File.ReadAllText(run.RecipePath), "recipe.yaml").ToYaml().ShouldBe(Order.Recipe.ToYaml());
        Directory.Delete(run.Root, true);
    }

    [Fact]
    public void A_directory_takes_the_same_order_again_and_no_other()
    {
        var run = RunDirectory.Create(Temporary(), Order);

        RunDirectory.Create(run.Root, Order).Root.ShouldBe(run.Root);
        Should.Throw<InputException>(() => RunDirectory.Create(run.Root, Order with { Vocab = 512 })).Message.ShouldContain("already holds a run with another order");
        Directory.Delete(run.Root, true);
    }

    [Fact]
    public void A_place_that_cannot_hold_a_run_is_an_input_error()
    {
        var file = Path.GetTempFileName();

        Should.Throw<InputException>(() => RunDirectory.Create(Path.Combine(file, "run"), Order)).Message.ShouldContain("cannot hold a run");
        File.Delete(file);
    }

    [Theory]
    [InlineData("{\"vocab\": 1}")]
    [InlineData("{\n \"vocab\": x}")]
    [InlineData("")]
    public void A_malformed_order_is_an_input_error(string json)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, json);

        Should.Throw<InputException>(() => RunOrder.Load(file)).Message.ShouldContain("is no run's order");
        File.Delete(file);
    }

    private static string Temporary() => Path.Combine(Path.GetTempPath(), $"anneal-run-{Guid.NewGuid():N}");
}

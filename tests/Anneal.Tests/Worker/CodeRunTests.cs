using Anneal.Engine.Custom;
using Anneal.Engine.Training;
using Anneal.Lab.Code;
using Anneal.Runs.Protocol;
using Anneal.Runs.Recipes;
using Anneal.Tests.Lab.Code;

namespace Anneal.Tests.Worker;

/// <summary>Compiled proposals in a real worker process, without a sandbox around it.</summary>
public sealed class CodeRunTests : IDisposable
{
    private readonly TinyLab lab = new();
    private readonly CodeStore store;

    public CodeRunTests() => store = new(lab.Root);

    public void Dispose() => lab.Dispose();

    [Fact]
    public void A_run_with_all_four_parts_trains_and_goes_on_after_an_interruption_with_the_same_bits()
    {
        var order = Order(Sources.All);
        var straight = lab.Run("straight", order);
        var (exitCode, errors) = TinyLab.RunToEnd("train", straight.Root);
        exitCode.ShouldBe(0, errors);
        var steps = MetricsReader.ReadAll(straight.MetricsPath);
        steps[^1].Loss.ShouldBeLessThan(steps[0].Loss - 0.5);

        var halved = lab.Run("halved", order);
        ControlInbox.Send(halved, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Stop, ApplyAtStep = 13 });
        TinyLab.RunToEnd("train", halved.Root).ExitCode.ShouldBe(130);
        TinyLab.RunToEnd("train", halved.Root).ExitCode.ShouldBe(0);
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors" })
            File.ReadAllBytes(Path.Combine(halved.CheckpointsPath, "step-000030", file)).ShouldBe(File.ReadAllBytes(Path.Combine(straight.CheckpointsPath, "step-000030", file)));
        var saved = Checkpoint.Describe(Path.Combine(straight.CheckpointsPath, "step-000030")).Options;
        saved.Code.ShouldBe(order.Recipe.Code);
    }

    [Fact]
    public void An_assembly_that_is_not_the_ordered_one_is_not_loaded()
    {
        var order = Order([(CodeKind.Schedule, Sources.Schedule)]);
        var path = Path.Combine(order.Code!.Directory, order.Recipe.Code.Schedule + ".dll");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), 0]);
        var (exitCode, errors) = TinyLab.RunToEnd("train", lab.Run("changed", order).Root);
        (exitCode, errors.Contains("not what was ordered", StringComparison.Ordinal)).ShouldBe((2, true));
        File.Delete(path);
        TinyLab.RunToEnd("train", lab.Run("missing", order with { Threads = 2 }).Root).Errors.ShouldContain("is missing");
        TinyLab.RunToEnd("train", lab.Run("none", order with { Code = null }).Root).Errors.ShouldContain("names no compiled code");
    }

    [Fact]
    public void Code_that_throws_ends_the_run_and_says_in_which_of_its_lines()
    {
        var run = lab.Run("throws", Order([(CodeKind.Schedule, Sources.Rate("if (step == 4)\nthrow new InvalidOperationException(\"out of ideas\");\nreturn 1;"))]));
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(3);
        var incident = Incident.ReadAll(run.IncidentsPath).Single(incident => incident.Detector == "worker");
        incident.Message.ShouldContain("out of ideas (line 4)");
        (incident.Cause, incident.Action, incident.Step).ShouldBe((Cause.Model, IncidentAction.Stop, 4));
    }

    [Fact]
    public void Work_that_grows_after_it_was_checked_ends_the_run()
    {
        const string Grows = """
            public sealed class Grows : CustomOptimizer
            {
                public override void Declare(ParameterStates states) { }
                public override void Update(in ParameterUpdate p)
                {
                    Span<float> a = p.Math.Scratch(0, 64), c = p.Math.Scratch(1, 64);
                    if (p.Step > 5) p.Math.NN(a, a, c, 8, 8, 8);
                    VectorMath.AddScaled(p.Value, p.Gradient, -0.01f);
                }
            }
            """;
        var order = Order([(CodeKind.Optimizer, Grows)]);
        var facts = Check(order);
        facts.Problems.ShouldBeEmpty();
        var run = lab.Run("grows", order with { Code = order.Code! with { FlopsPerStep = facts.FlopsPerStep } });
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(3);
        Incident.ReadAll(run.IncidentsPath).Single(incident => incident.Detector == "worker").Message.ShouldContain("the same work at every step");
        MetricsReader.ReadAll(run.MetricsPath)[^1].Step.ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public void The_check_of_a_worker_counts_what_the_run_then_costs()
    {
        var order = Order(Sources.All);
        var facts = Check(order);
        facts.Problems.ShouldBeEmpty();
        var run = lab.Run("counted", order with { Code = order.Code! with { FlopsPerStep = facts.FlopsPerStep } });
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        var status = RunStatus.Load(run.StatusPath)!;
        (status.Flops, status.Parameters).ShouldBe((30 * facts.FlopsPerStep, facts.Parameters));
        facts.FlopsPerStep.ShouldBeGreaterThan(RunLength.FlopsPerStep(TinyLab.Recipe, 257));
    }

    private RunOrder Order(IEnumerable<(CodeKind Kind, string Source)> sources)
    {
        var code = new CodeConfig();
        var assemblies = new Dictionary<string, string>();
        foreach (var (kind, source) in sources)
        {
            store.Add(new(kind, source)).Problems.ShouldBeEmpty();
            var stored = store.Find(kind, CodeCompiler.HashOf(source))!;
            code = code.With(kind, stored.Hash);
            assemblies[stored.Hash] = stored.AssemblyHash;
        }

        return lab.Order(TinyLab.Recipe with { Code = code }) with { Code = new() { Directory = store.Directory, Assemblies = assemblies } };
    }

    private static CheckResponse Check(RunOrder order)
    {
        using var process = TinyLab.Start("check");
        process.StandardInput.WriteLine(new CheckRequest("1", order.Recipe, order.Vocab, 30, order.Code!).ToJson());
        process.StandardInput.Close();
        var answer = CheckResponse.Parse(process.StandardOutput.ReadLine()!).ShouldNotBeNull();
        answer.Error.ShouldBeNull();
        return answer;
    }
}

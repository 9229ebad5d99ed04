using Anneal.Engine.Custom;
using Anneal.Lab.Code;
using Anneal.Runs.Protocol;
using Anneal.Tests.Worker;

namespace Anneal.Tests.Docs;

/// <summary>The examples of docs/code-proposals.md compile, pass the worker's check and train together.</summary>
public sealed class CodeProposalsTests : IDisposable
{
    private const string Page = "docs/code-proposals.md";

    private readonly TinyLab lab = new();

    public static TheoryData<string> Examples => [.. Snippets.Blocks(Page, "csharp").Select(source => source.Split(' ', 5)[3])];

    public void Dispose() => lab.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_compiles_is_sound_and_trains(string name)
    {
        var source = Snippets.Blocks(Page, "csharp").Single(block => block.Contains($"public sealed class {name} ", StringComparison.Ordinal));
        var kind = Enum.GetValues<CodeKind>().Single(kind => source.StartsWith($"public sealed class {name} : Custom{kind}\n", StringComparison.Ordinal));
        var store = new CodeStore(lab.Root);
        store.Add(new(kind, source)).Problems.ShouldBeEmpty();
        var stored = store.Find(kind, CodeCompiler.HashOf(source))!;
        var recipe = TinyLab.Recipe with { Code = new CodeConfig().With(kind, stored.Hash) };
        var order = lab.Order(recipe) with { Code = new() { Directory = store.Directory, Assemblies = new Dictionary<string, string> { [stored.Hash] = stored.AssemblyHash } } };

        using var check = TinyLab.Start("check");
        check.StandardInput.WriteLine(new CheckRequest("1", recipe, 257, 30, order.Code).ToJson());
        check.StandardInput.Close();
        var facts = CheckResponse.Parse(check.StandardOutput.ReadLine()!).ShouldNotBeNull();
        facts.Error.ShouldBeNull();
        facts.Problems.ShouldBeEmpty();

        var run = lab.Run("a", order with { Code = order.Code with { FlopsPerStep = facts.FlopsPerStep } });
        var (exitCode, errors) = TinyLab.RunToEnd("train", run.Root);
        exitCode.ShouldBe(0, errors);
        var steps = MetricsReader.ReadAll(run.MetricsPath);
        steps[^1].Loss.ShouldBeLessThan(steps[0].Loss - 0.3);
    }

    [Fact]
    public void The_page_names_every_operator_of_a_block()
    {
        var page = File.ReadAllText(Path.Combine(Snippets.Root, Page));
        foreach (var name in typeof(BlockBuilder).GetMethods().Where(method => method.ReturnType == typeof(Node)).Select(method => method.Name).Distinct())
            page.ShouldContain($"`{name}`");
    }
}

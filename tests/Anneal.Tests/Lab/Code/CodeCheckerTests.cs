using Anneal.Engine.Custom;
using Anneal.Lab.Code;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Anneal.Runs.Recipes;
using Anneal.Tests.Worker;

namespace Anneal.Tests.Lab.Code;

/// <summary>The lab asks a sandboxed worker; the lab itself loads nothing.</summary>
public sealed class CodeCheckerTests : IDisposable
{
    private readonly string lab = Directory.CreateTempSubdirectory("anneal-checker-").FullName;

    public CodeCheckerTests()
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
    }

    public void Dispose() => Directory.Delete(lab, recursive: true);

    [Fact]
    public void Sound_code_gets_its_price_once_and_it_is_remembered()
    {
        var store = new CodeStore(lab);
        var recipe = Store(store, CodeKind.Block, Sources.Block);
        var facts = Checker(store).Check(recipe, 257);
        facts.Problems.ShouldBeEmpty();
        facts.FlopsPerStep.ShouldBeGreaterThan(RunLength.FlopsPerStep(TinyLab.Recipe, 257));
        facts.Parameters.ShouldBeGreaterThan(RunLength.Parameters(TinyLab.Recipe, 257));
        AppDomain.CurrentDomain.GetAssemblies().ShouldNotContain(assembly => assembly.GetName().Name!.StartsWith("Proposal."));

        // Remembered: even with the worker's input gone.
        File.Delete(Path.Combine(store.Directory, recipe.Code.Block + ".dll"));
        Checker(new CodeStore(lab)).Check(recipe, 257).FlopsPerStep.ShouldBe(facts.FlopsPerStep);
    }

    [Theory]
    [InlineData("return step < 0 ? 0 : double.NaN;", "expected 0 to 10")]
    [InlineData("throw new ArgumentException(\"nothing left\");", "nothing left (line 3)")]
    [InlineData("var all = new List<byte[]>();\nfor (var i = 0; i < 4000; i++) { var more = new byte[1 << 20]; Array.Fill(more, (byte)1); all.Add(more); }\nreturn all.Count;", "MiB")]
    [InlineData("double Deep(double x) => Deep(x + 1) + 1;\nreturn Deep(step);", "no answer")]
    public void Unsound_code_is_told_what_it_did(string statements, string says)
    {
        var store = new CodeStore(lab);
        var facts = Checker(store, memory: 300 << 20).Check(Store(store, CodeKind.Schedule, Sources.Rate(statements)), 257);
        string.Join(' ', facts.Problems!).ShouldContain(says);
    }

    [Fact]
    public void A_recipe_whose_source_is_not_in_the_lab_says_so() =>
        Should.Throw<InputException>(() => Checker(new CodeStore(lab)).Check(TinyLab.Recipe with { Code = new() { Loss = new string('a', 64) } }, 257)).Message.ShouldContain("code.loss");

    private static Recipe Store(CodeStore store, CodeKind kind, string source)
    {
        var compiled = store.Add(new(kind, source));
        compiled.Problems.ShouldBeEmpty();
        return TinyLab.Recipe with { Code = new CodeConfig().With(kind, compiled.Hash) };
    }

    private static CodeChecker Checker(CodeStore store, long memory = 1L << 30) => new(store, allowUnsandboxed: false, memory);
}

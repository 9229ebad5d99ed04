using Anneal.Lab.Code;

namespace Anneal.Tests.Lab.Code;

public class CodeCompilerTests
{
    public static TheoryData<CodeKind> Kinds => [.. Enum.GetValues<CodeKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_honest_part_compiles_and_the_same_source_gives_the_same_bytes(CodeKind kind)
    {
        var code = new ProposedCode(kind, Sources.All.Single(entry => entry.Kind == kind).Source);
        var (first, second) = (CodeCompiler.Compile(code), CodeCompiler.Compile(code));
        first.Problems.ShouldBeEmpty();
        first.Assembly.Length.ShouldBeGreaterThan(1000);
        first.Assembly.ShouldBe(second.Assembly);
        first.Hash.ShouldBe(second.Hash);
        CodeCompiler.Compile(code with { Source = code.Source + "\n" }).Hash.ShouldNotBe(first.Hash);
    }

    [Theory]
    [InlineData("records, LINQ, lists, generics and local functions", """
        var list = new List<double> { 1, 2, 3 };
        double Half(double x) => x / 2;
        var best = list.Select(Half).OrderByDescending(x => x).First();
        (int a, float b) = (1, 2f);
        Span<float> small = stackalloc float[4];
        small.Fill(0.1f);
        Func<double, double> clamp = x => Math.Clamp(x, 0, 1);
        var table = new Dictionary<long, double> { [1] = 0.5 };
        if (step < 0) throw new ArgumentOutOfRangeException(nameof(step), $"step {step} of {steps}");
        return clamp(best + table.Count + a + b + small[0] + new Pair(1, 2).A + Table[1] + Vector.Dot(Vector<float>.One, Vector<float>.Zero));
        """, "private readonly record struct Pair(double A, double B); private static ReadOnlySpan<float> Table => [1f, 2f]; private const double Best = 2; private static readonly double Root = Math.Sqrt(2); private long calls;")]
    public void Ordinary_code_passes(string what, string statements, string members)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate(statements, members)));
        compiled.Problems.ShouldBeEmpty(what);
    }

    [Theory]
    [InlineData("double x = ;\nreturn 1;", 3, 12, "CS1525")]
    [InlineData("return step;\nreturn Nope();", 4, 8, "CS0103")]
    public void A_compiler_error_comes_with_its_place(string statements, int line, int column, string id)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate(statements)));
        compiled.IsSound.ShouldBeFalse();
        compiled.Assembly.ShouldBeEmpty();
        compiled.Problems[0].Message.ShouldStartWith(id);
        (compiled.Problems[0].Line, compiled.Problems[0].Column).ShouldBe((line, column));
    }

    [Fact]
    public void A_bomb_of_source_is_refused_in_time()
    {
        CodeCompiler.Compile(new(CodeKind.Schedule, new string(' ', CodeCompiler.MaxLength + 1))).Problems[0].Message.ShouldContain("65536");
        CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate($"return {new string('(', 20_000)}1{new string(')', 20_000)};"))).Problems[0].Message.ShouldContain("nested");
        CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate($"return {string.Join("+", Enumerable.Repeat("1", 30_000))};"))).Problems[0].Message.ShouldContain("chain");
    }
}

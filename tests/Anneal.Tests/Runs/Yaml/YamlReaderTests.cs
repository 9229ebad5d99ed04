using Anneal.Runs;
using Anneal.Runs.Yaml;

namespace Anneal.Tests.Runs.Yaml;

public class YamlReaderTests
{
    private enum Shape { Round, HalfSplit, AdamW, Relu2 }

    [Fact]
    public void Reads_scalars_lists_and_mappings_by_their_types()
    {
        var reader = YamlReader.Parse("""
            name: first study
            budget: {flops: 2e12, usd: ~}
            rungs: [0.25, 0.5]
            mixture:
              System.Text: 2
            knobs:
              optimizer.lr: {min: 1e-4, max: 0.1}
            shape: half_split
            """, "study.yaml");
        var root = reader.Root;

        root.Require("name", Scalar.Text).ShouldBe("first study");
        root.Map("budget").Get("flops", Scalar.Real().OrNull(), null).ShouldBe(2e12);
        root.Map("budget").Get("usd", Scalar.Real().OrNull(), 5).ShouldBeNull();
        root.Map("budget").Get("seconds", Scalar.Real().OrNull(), null).ShouldBeNull();
        root.List("rungs", Scalar.Real(0, 1), []).ShouldBe([0.25, 0.5]);
        root.Dictionary("mixture", Scalar.Real(0))["System.Text"].ShouldBe(2);
        var knob = root.Maps("knobs").ShouldHaveSingleItem();
        knob.Key.ShouldBe("optimizer.lr");
        knob.Value.Require("min", Scalar.Real()).ShouldBe(1e-4);
        knob.Value.Require("max", Scalar.Real()).ShouldBe(0.1);
        root.Get("shape", Scalar.Choice<Shape>(), Shape.Round).ShouldBe(Shape.HalfSplit);
        root.Map("noise").Get("null_pairs", Scalar.Int(), 4).ShouldBe(4);
        reader.Finish();
    }

    [Theory]
    [InlineData("naem: x", 1, 1, "unknown key `naem`; did you mean `name`?")]
    [InlineData("name: x\ncolour: red", 2, 1, "unknown key `colour`; expected one of name, size, rate, shape, limits")]
    [InlineData("name: x\nsize: big", 2, 7, "`size` is `big`: expected a whole number from 1 to 64")]
    [InlineData("name: x\nsize: 65", 2, 7, "`size` is `65`: expected a whole number from 1 to 64")]
    [InlineData("name: x\nsize: 2.5", 2, 7, "`size` is `2.5`: expected a whole number from 1 to 64")]
    [InlineData("name: x\nsize:", 2, 6, "`size` is nothing: expected a whole number from 1 to 64")]
    [InlineData("name: x\nsize: [1, 2]", 2, 7, "`size` is a list: expected a whole number from 1 to 64")]
    [InlineData("name: x\nrate: .nan", 2, 7, "`rate` is `.nan`: expected a number above 0 and at most 1")]
    [InlineData("name: x\nrate: 0", 2, 7, "`rate` is `0`: expected a number above 0 and at most 1")]
    [InlineData("name: x\nshape: adamW", 2, 8, "`shape` is `adamW`: expected one of round, half_split, adamw, relu2; did you mean `adamw`?")]
    [InlineData("name: x\nlimits:\n  most: 3\n  leest: 1", 4, 3, "unknown key `limits.leest`; did you mean `least`?")]
    [InlineData("name: x\nlimits: 3", 2, 9, "`limits` is `3`: expected a mapping, its keys indented below")]
    [InlineData("size: 3", 1, 1, "`name` is missing: expected text on one line")]
    public void A_wrong_key_or_value_is_named_with_its_place(string text, int line, int column, string problem)
    {
        var error = Should.Throw<InputException>(() => ReadSample(text)).Errors.ShouldHaveSingleItem();

        error.ShouldBe(new InputError("lab/study.yaml", line, column, problem));
        error.ToString().ShouldBe($"lab/study.yaml:{line}:{column}: {problem}");
    }

    [Theory]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("# only a comment\n", 1, 1, "the file is empty")]
    [InlineData("---\n...\n", 1, 1, "the file is empty")]
    [InlineData("just words", 1, 1, "the file holds `just words`: expected a mapping")]
    [InlineData("- 1\n- 2", 1, 1, "the file holds a list: expected a mapping")]
    [InlineData("name: x\nsize: 1\nname: y", 3, 1, "duplicate key `name`: already set in line 1")]
    [InlineData("name: x\nlimits:\n  most: 1\n  most: 2", 4, 3, "duplicate key `limits.most`: already set in line 3")]
    [InlineData("name: x\nlimits:\n\tmost: 1", 3, 1, "a tab in the indentation")]
    [InlineData("name: &a x", 1, 7, "an anchor")]
    [InlineData("name: !!str x", 1, 7, "a tag")]
    [InlineData("name: x\n---\nname: y", 2, 1, "a second document")]
    [InlineData("name: \"x", 1, 7, "not valid YAML")]
    [InlineData("name: x: y", 1, 8, "not valid YAML")]
    [InlineData("? [a, b]\n: 1", 1, 3, "a key that is itself a mapping or a list")]
    [InlineData("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {p: {q: {r: 1}}}}}}}}}}}}}}}}}", 1, 65, "nested deeper than 16 levels")]
    [InlineData("name: \0", 0, 0, "holds a NUL character")]
    public void A_file_that_is_not_a_plain_mapping_is_refused_with_its_place(string text, int line, int column, string problem)
    {
        var error = Should.Throw<InputException>(() => ReadSample(text)).Errors[0];

        error.Problem.ShouldStartWith(problem);
        (error.Line, error.Column).ShouldBe((line, column));
    }

    [Fact]
    public void All_errors_are_reported_together_in_the_order_of_the_file() =>
        Should.Throw<InputException>(() => ReadSample("sizze: 3\nrate: 7\nname: x\nshape: oval"))
            .Errors.Select(e => e.Line).ShouldBe([1, 2, 4]);

    [Fact]
    public void A_missing_key_is_not_reported_beside_its_misspelling() =>
        Should.Throw<InputException>(() => ReadSample("naem: x")).Errors.Count.ShouldBe(1);

    [Fact]
    public void A_missing_file_names_its_neighbour()
    {
        var folder = Directory.CreateTempSubdirectory("anneal-yaml-").FullName;
        File.WriteAllText(Path.Combine(folder, "study.yaml"), "name: x");

        Should.Throw<InputException>(() => YamlReader.Open(Path.Combine(folder, "studdy.yaml"))).Message.ShouldEndWith("no such file; did you mean `study.yaml`?");
        Should.Throw<InputException>(() => YamlReader.Open(folder)).Message.ShouldContain("is a directory");
        Should.Throw<InputException>(() => YamlReader.Open(Path.Combine(folder, "no", "study.yaml"))).Message.ShouldContain("does not exist either");
        File.WriteAllBytes(Path.Combine(folder, "bytes.yaml"), [0x61, 0x3A, 0x20, 0xFF, 0xFE]);
        Should.Throw<InputException>(() => YamlReader.Open(Path.Combine(folder, "bytes.yaml"))).Message.ShouldContain("is not UTF-8 text (byte 3)");
        Directory.Delete(folder, true);
    }

    private static void ReadSample(string text)
    {
        var reader = YamlReader.Parse(text, "lab/study.yaml");
        var root = reader.Root;
        root.Require("name", Scalar.Text);
        root.Get("size", Scalar.Int(1, 64), 1);
        root.Get("rate", Scalar.Real(0, 1, aboveMin: true), 1);
        root.Get("shape", Scalar.Choice<Shape>(), Shape.Round);
        var limits = root.Map("limits");
        limits.Get("most", Scalar.Int().OrNull(), null);
        limits.Get("least", Scalar.Int().OrNull(), null);
        reader.Finish();
    }
}

using System.Text.Json;
using Anneal.Lab.Providers;

namespace Anneal.Tests.Lab.Providers;

public sealed class InputSchemaTests
{
    private const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["cause","confidence"],"properties":{
          "cause":{"type":"string","enum":["optimizer","data","schedule"]},
          "confidence":{"type":"number","minimum":0,"maximum":1},
          "steps":{"type":"integer","exclusiveMinimum":0},
          "why":{"type":["string","null"],"minLength":3,"maxLength":10},
          "tags":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string"}},
          "change":{"type":"object","additionalProperties":{"anyOf":[{"type":"string"},{"type":"number"}]}}}}
        """;

    private static IReadOnlyList<string> Check(string input) => InputSchema.Check(DeskLab.Schema(Schema), JsonDocument.Parse(input).RootElement);

    [Theory]
    [InlineData("""{"cause":"data","confidence":0}""")]
    [InlineData("""{"cause":"data","confidence":1,"steps":3.0,"why":null,"tags":["a"],"change":{"optimizer.lr":0.1,"model.norm.kind":"rms"}}""")]
    public void What_fits_passes(string input) => Check(input).ShouldBeEmpty();

    [Theory]
    [InlineData("""[]""", "input is []: expected an object")]
    [InlineData("""null""", "input is null: expected an object")]
    [InlineData("""{"cause":"data"}""", "input.confidence is missing: expected a number")]
    [InlineData("""{"confidence":1}""", "input.cause is missing: expected one of optimizer, data, schedule")]
    [InlineData("""{"cause":"optimiser","confidence":1}""", "did you mean `optimizer`?")]
    [InlineData("""{"cause":"data","confidence":1.5}""", "input.confidence is 1.5: expected a number at most 1")]
    [InlineData("""{"cause":"data","confidence":"1"}""", "input.confidence is \"1\": expected a number")]
    [InlineData("""{"cause":"data","confidence":1,"steps":0}""", "expected a number above 0")]
    [InlineData("""{"cause":"data","confidence":1,"steps":1.5}""", "expected an integer")]
    [InlineData("""{"cause":"data","confidence":1,"why":"ab"}""", "has 2 characters: expected at least 3")]
    [InlineData("""{"cause":"data","confidence":1,"tags":[]}""", "has 0 items: expected at least 1")]
    [InlineData("""{"cause":"data","confidence":1,"tags":["a",2]}""", "input.tags[1] is 2: expected a string")]
    [InlineData("""{"cause":"data","confidence":1,"change":{"a":true}}""", "input.change.a is true: expected a string")]
    [InlineData("""{"cause":"data","confidense":1}""", "input.confidense is not known; did you mean `confidence`?")]
    [InlineData("""{"INVALID_JSON":"{\"cause\": \"da"}""", "input.INVALID_JSON is not known")]
    public void What_does_not_fit_is_named_with_a_way_out(string input, string words) => string.Join("\n", Check(input)).ShouldContain(words);
}

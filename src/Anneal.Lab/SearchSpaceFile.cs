using Anneal.Runs;
using Anneal.Runs.Recipes;
using Anneal.Runs.Yaml;

namespace Anneal.Lab;

// The `space` section of a study file: knobs {key: {type, min, max, scale, values}}, ideas {allow, bar}.
internal static class SearchSpaceFile
{
    public static SearchSpace Read(YamlMap space)
    {
        var ideas = space.Map("ideas");
        return new SearchSpace
        {
            Knobs = [.. space.Maps("knobs").Select(entry => ReadKnob(entry.Key, entry.Value))],
            AllowIdeas = ideas.List("allow", Scalar.Text, []),
            BarIdeas = ideas.List("bar", Scalar.Text, []),
        };
    }

    // Each knob's values at its ends (or each choice) must be values that the recipe takes.
    public static void CheckKeys(YamlMap space, SearchSpace read, Recipe recipe)
    {
        foreach (var ((key, map), knob) in space.Maps("knobs").Zip(read.Knobs))
            foreach (var value in Samples(knob))
                try
                {
                    recipe.With(new Dictionary<string, string> { [key] = value });
                }
                catch (InputException e)
                {
                    map.Fail($"knob `{key}` = {value}: {e.Errors[0].Problem}");
                    break;
                }
    }

    private static IEnumerable<string> Samples(Knob knob) => knob.Type switch
    {
        KnobType.Choice => knob.Values,
        KnobType.Int => [$"{(long)knob.Min}", $"{(long)knob.Max}"],
        _ => [$"{knob.Min:R}", $"{knob.Max:R}"],
    };

    private static Knob ReadKnob(string key, YamlMap map)
    {
        var type = map.Require("type", Scalar.Choice<KnobType>());
        if (type == KnobType.Choice)
        {
            var values = map.List("values", Scalar.Text, []);
            if (values.Count < 2) map.Fail("values", $"`{key}` has {values.Count} values: expected a list of two or more");
            return new Knob(key, type, 0, 0, false, values);
        }
        var min = map.Require("min", Scalar.Real());
        var max = map.Require("max", Scalar.Real());
        var log = map.Get("scale", Scalar.OneOf("linear", "log"), "linear") == "log";
        if (min >= max) map.Fail("max", $"`{key}` goes from {min} to {max}: expected a min below the max");
        if (log && min <= 0) map.Fail("min", $"`{key}` has min {min}: expected more than 0 on a log scale");
        if (type == KnobType.Int && (min != Math.Floor(min) || max != Math.Floor(max))) map.Fail("type", $"`{key}` is whole: expected whole min and max");
        return new Knob(key, type, min, max, log, []);
    }
}

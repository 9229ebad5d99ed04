using Anneal.Lab.Providers;
using Anneal.Lab.Reports;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research.Tools;

/// <summary><c>read_recipe</c> and <c>recipe_keys</c>: what is trained, and what can be changed.</summary>
internal static class RecipeTools
{
    public static Tool ReadRecipe(ProposalTask task) => new(
        new ToolSpec("read_recipe", "A recipe in full, or only where it differs from another.", ToolSchema.Object(
            ("recipe", ToolSchema.Text("`champion` (of now), `baseline`, or an experiment's number for its changed recipe.", 20)),
            ("against?", ToolSchema.Text("Show the differences from this one; named alike.", 20)))),
        (input, _) =>
        {
            var (name, other) = (input.Text("recipe")!, input.Text("against"));
            if (Find(name, task) is not { } recipe) return Unknown(name);
            if (other is null) return Task.FromResult(new ToolAnswer(Fence.Wrap($"recipe of {name}", recipe)));
            if (Find(other, task) is not { } against) return Unknown(other);
            var rows = RecipeDiff.Between(against, recipe).Select(difference => (IEnumerable<string?>)[difference.Key, difference.Before, difference.After]).ToList();
            return Task.FromResult(new ToolAnswer(rows.Count == 0 ? "They are the same." : Fence.Wrap("differences", TextTable.Of(["key", other, name], rows))));
        });

    public static Tool RecipeKeysTable(ProposalTask task) => new(
        new ToolSpec("recipe_keys", "The keys that a change may set: what is valid, the default, the champion's value, and the range that the study's search uses.", ToolSchema.Object(
            ("section?", ToolSchema.Text("Only keys that begin with this: `model`, `optimizer`, `schedule`, `tokenizer`, `data`.", 40)))),
        (input, _) =>
        {
            var section = input.Text("section") ?? "";
            var rows = ChangeableKeys.All.Where(key => key.Name.StartsWith(section, StringComparison.Ordinal)).Select(key => (IEnumerable<string?>)
                [key.Name, key.Expectation, key.Get(ChangeableKeys.Default), key.Get(task.Question.Champion), Range(task.Spec.Space.Knobs.FirstOrDefault(knob => knob.Key == key.Name))]).ToList();
            return Task.FromResult(rows.Count > 0
                ? new ToolAnswer(TextTable.Of(["key", "valid", "default", "champion", "searched"], rows))
                : new ToolAnswer($"No key begins with `{section}`; {NearestWord.Hint(section, [.. ChangeableKeys.All.Select(key => key.Name.Split('.')[0]).Distinct()])}", IsError: true));
        });

    /// <summary>A knob's range in a word.</summary>
    public static string Range(Knob? knob) => knob switch
    {
        null => "",
        { Type: KnobType.Choice } => string.Join(" ", knob.Values),
        _ => $"{knob.Min:G4} to {knob.Max:G4}{(knob.Log ? ", log" : "")}",
    };

    private static string? Find(string name, ProposalTask task) => name switch
    {
        "champion" => task.Question.Champion.ToYaml(),
        "baseline" => task.Seen.Baseline,
        _ => int.TryParse(name, out var number) && task.Find(number).Experiment is { TreatmentRecipe.Length: > 0 } experiment ? experiment.TreatmentRecipe : null,
    };

    private static Task<ToolAnswer> Unknown(string name) =>
        Task.FromResult(new ToolAnswer($"There is no recipe `{name}`: expected `champion`, `baseline`, or the number of a decided experiment.", IsError: true));
}

using Anneal.Lab.Subjects;
using Anneal.Runs;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Recipes;
using Anneal.Runs.Yaml;

namespace Anneal.Lab;

/// <summary>Reads a study's YAML file.</summary>
public static class StudyFile
{
    private static readonly Scalar<double> positive = Scalar.Real(0, aboveMin: true);

    /// <summary>Reads and checks a study file and the recipe that it names. Paths in the result are absolute.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">All that is wrong, with file, line, column and the nearest valid word.</exception>
    public static StudySpec Load(string path)
    {
        var reader = YamlReader.Open(path);
        var root = reader.Root;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var subject = root.Has("subject") ? SubjectFile.Read(root.Map("subject"), folder) : null;
        var file = subject is null ? root.Require("recipe", Scalar.Text) : null;
        var spec = new StudySpec
        {
            Study = ReadName(root),
            Subject = subject,
            Objective = subject?.Objective ?? root.Get("objective", Scalar.OneOf("val/bpb"), "val/bpb"),
            Recipe = file is null ? "" : Path.GetFullPath(file, folder),
            Corpus = subject is null or { Measured: true } ? ReadCorpus(root, folder) : "",
            Researcher = root.Get("researcher", Scalar.OneOf([.. ResearcherChoice.Names]), ResearcherChoice.Auto),
            Parallel = root.Get("parallel", Scalar.Int(0, 64), 0),
            Seed = root.Get("seed", Scalar.Long(), 1),
            Budget = ReadBudget(root.Map("budget"), subject is not null),
            Acceptance = ReadAcceptance(root.Map("acceptance")),
            Evaluation = subject is null or { Measured: true } ? ReadEvaluation(root.Map("evaluation")) : new(),
            Rungs = subject?.Rungs ?? ReadRungs(root),
            Noise = ReadNoise(root.Map("noise"), subject is null),
            Space = subject is null ? SearchSpaceFile.Read(root.Map("space")) : new(),
        };
        if (spec.Budget.Runs is { } runs && runs < SubjectSpec.LeastRuns(spec))
            root.Map("budget").Fail("runs", $"`budget.runs` is {runs}: expected at least {SubjectSpec.LeastRuns(spec)}, for the null pairs, one experiment of three pairs and the final comparison");
        var recipe = spec.Recipe.Length == 0 ? null : ReadRecipe(root, spec, path);
        if (recipe is not null) SearchSpaceFile.CheckKeys(root.Map("space"), spec.Space, recipe);
        reader.Finish();
        return spec;
    }

    private static string ReadName(YamlMap root)
    {
        var name = root.Require("study", Scalar.Text) ?? "";
        if (name.Length > 0 && (name.Length > 64 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || name[0] is '.' or '-'))
            root.Fail("study", $"`study` is `{name}`: expected letters, digits, `-`, `_` and `.` (at most 64, not starting with `.` or `-`): it names a folder");
        return name;
    }

    // dotnet-docs and man-pages are words; all else is a path, seen from the study's file.
    private static string ReadCorpus(YamlMap root, string folder)
    {
        var corpus = root.Get("corpus", Scalar.Text, "dotnet-docs");
        return corpus is "dotnet-docs" or "man-pages" ? corpus : Path.GetFullPath(corpus, folder);
    }

    // What a subject computes cannot be counted; its runs can.
    private static StudyBudget ReadBudget(YamlMap map, bool subject) => new()
    {
        Flops = subject ? null : map.Get("flops", positive.OrNull(), null),
        Seconds = map.Get("seconds", positive.OrNull(), null),
        Runs = subject ? map.Get("runs", Scalar.Int(1).OrNull(), null) : null,
        Usd = map.Get("usd", positive.OrNull(), null),
        Experiments = map.Get("experiments", Scalar.Int(1, 100_000), new StudyBudget().Experiments),
    };

    private static AcceptanceSpec ReadAcceptance(YamlMap map) => new()
    {
        FalseAccept = map.Get("false_accept", Scalar.Real(0, 0.5, aboveMin: true), new AcceptanceSpec().FalseAccept),
        MinEffect = map.Get("min_effect", Scalar.Real(0), new AcceptanceSpec().MinEffect),
        MaxPairs = map.Get("max_pairs", Scalar.Int(2, 1000), new AcceptanceSpec().MaxPairs),
    };

    private static EvaluationSpec ReadEvaluation(YamlMap map)
    {
        var spec = new EvaluationSpec
        {
            Documents = map.Get("documents", Scalar.Int(1), new EvaluationSpec().Documents),
            Window = map.Get("window", Scalar.Int(1), new EvaluationSpec().Window),
            Stride = map.Get("stride", Scalar.Int(1), new EvaluationSpec().Stride),
        };
        if (spec.Stride > spec.Window) map.Fail("stride", $"`evaluation.stride` is {spec.Stride}: expected at most the window, {spec.Window}");
        return spec;
    }

    private static IReadOnlyList<double> ReadRungs(YamlMap root)
    {
        var rungs = root.List("rungs", Scalar.Real(0, 1, aboveMin: true), [0.25, 0.5]);
        for (var i = 0; i < rungs.Count; i++)
            if (rungs[i] >= 1 || (i > 0 && rungs[i] <= rungs[i - 1]))
                root.Fail("rungs", $"`rungs` is [{string.Join(", ", rungs)}]: expected rising fractions of a full run, each below 1");
        return rungs;
    }

    private static NoiseSpec ReadNoise(YamlMap map, bool nudges) => new()
    {
        NullPairs = map.Get("null_pairs", Scalar.Int(2, 1000), new NoiseSpec().NullPairs),
        NudgePairs = !nudges ? 0 : map.Get("nudge_pairs", Scalar.Int(0, 1000), new NoiseSpec().NudgePairs),
        SealedPairs = map.Get("sealed_pairs", Scalar.Int(2, 1000), new NoiseSpec().SealedPairs),
    };

    private static Recipe? ReadRecipe(YamlMap root, StudySpec spec, string path)
    {
        Recipe recipe;
        try
        {
            recipe = RecipeFile.Load(spec.Recipe, []);
        }
        catch (InputException e)
        {
            foreach (var error in e.Errors) root.Fail("recipe", $"the recipe is wrong: {error}");
            return null;
        }
        if (recipe.Budget.Flops is not { } flops)
        {
            root.Fail("recipe", $"{spec.Recipe} has no `budget.flops`: a study compares at equal FLOPs, so the recipe's budget must be in them");
            return recipe;
        }
        if (spec.Evaluation.Stride > recipe.Model.Context)
            root.Fail("evaluation", $"`evaluation.stride` is {spec.Evaluation.Stride}: expected at most the recipe's context, {recipe.Model.Context}");
        var budget = new FlopBudget(spec, flops);
        if (spec.Budget.Flops is { } limit && limit < budget.Least)
            root.Map("budget").Fail("flops", $"`budget.flops` is {limit:G4}: expected at least {budget.Least:G4}, which is {budget.Describe()}");
        return recipe;
    }
}

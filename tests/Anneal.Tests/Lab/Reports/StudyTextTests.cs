using System.Text.Json;
using Anneal.Lab;
using Anneal.Lab.Reports;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Reports;

public sealed class StudyTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("anneal-study-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_text_in_a_report_starts_the_same_study()
    {
        var spec = new StudySpec
        {
            Study = "again",
            Recipe = Path.Combine(_folder, "baseline.yaml"),
            Corpus = "/texts/it's here",
            Parallel = 3,
            Seed = 17,
            Budget = new StudyBudget { Flops = 2.4e13, Seconds = 360.5, Experiments = 14 },
            Acceptance = new AcceptanceSpec { FalseAccept = 0.01, MinEffect = 0.005, MaxPairs = 6 },
            Rungs = [0.125, 0.5],
            Space = new SearchSpace
            {
                Knobs = [new Knob("optimizer.lr", KnobType.Float, 1e-5, 0.04, true, []), new Knob("model.layers", KnobType.Int, 2, 6, false, []), new Knob("data.batch_tokens", KnobType.Choice, 0, 0, false, ["512", "1024"])],
                BarIdeas = ["muon"],
            },
        };
        File.WriteAllText(spec.Recipe, (new Recipe() with { Budget = new BudgetConfig { Flops = 1e11 } }).ToYaml());
        File.WriteAllText(Path.Combine(_folder, "study.yaml"), StudyText.Of(spec, "baseline.yaml"));
        JsonSerializer.Serialize(StudyFile.Load(Path.Combine(_folder, "study.yaml"))).ShouldBe(JsonSerializer.Serialize(spec));
    }
}

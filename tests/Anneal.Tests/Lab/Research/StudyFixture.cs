using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Lab.Research;

/// <summary>A study's record as a researcher sees it, grown experiment by experiment without any run.</summary>
internal sealed class StudyFixture
{
    public const double Level = 2.0;

    public StudyFixture(params string[] allowedIdeas) => Spec = new StudySpec
    {
        Study = "fixture",
        Recipe = "baseline.yaml",
        Acceptance = new() { MinEffect = 0.002 },
        Space = new()
        {
            AllowIdeas = allowedIdeas,
            Knobs =
            [
                new("optimizer.lr", KnobType.Float, 1e-3, 4e-2, true, []),
                new("schedule.warmup", KnobType.Float, 0, 0.2, false, []),
                new("model.layers", KnobType.Int, 1, 6, false, []),
                new("data.batch_tokens", KnobType.Choice, 0, 0, false, ["512", "1024", "2048"]),
            ],
        },
    };

    public StudySpec Spec { get; init; }

    public Recipe Champion { get; set; } = new Recipe { Budget = new() { Flops = 1e12 } }
        .With(new Dictionary<string, string> { ["data.batch_tokens"] = "1024", ["model.context"] = "256" });

    public List<ExperimentRecord> Experiments { get; } = [];

    public HashSet<string> Tried { get; } = [];

    public StudyRecord Record => new()
    {
        Spec = Spec,
        Baseline = new Recipe { Budget = new() { Flops = 1e12 } }.With(new Dictionary<string, string> { ["data.batch_tokens"] = "1024" }).ToYaml(),
        Champion = Champion.ToYaml(),
        Status = "running",
        NullPairs = [.. new[] { 0.004, -0.004, 0.003, -0.005 }.Select((d, i) => new PairRecord(i, Level + d, Level, "a", "b"))],
        Experiments = Experiments,
    };

    public Proposal? Propose() => new EmbeddedResearcher(Spec).Propose(Record, Champion, Tried, Experiments.Count + 1);

    /// <summary>Decides the proposal: a screening difference at a quarter of the budget, pairs if promoted; null difference = the run failed.</summary>
    public void Decide(Proposal proposal, double? difference, Verdict verdict)
    {
        var treatment = Champion.With(proposal.Change);
        Tried.Add(ExperimentIdentity.Of(Champion, treatment));
        Experiments.Add(new ExperimentRecord
        {
            Id = Experiments.Count + 1,
            Identity = ExperimentIdentity.Of(Champion, treatment),
            Proposal = proposal,
            Status = "done",
            Verdict = verdict,
            Effect = difference,
            Screens = [new(0.25, Level, difference is { } d ? Level - d : null, difference ?? 0, 0.004, "stop", "")],
            Pairs = verdict is Verdict.Rejected or Verdict.Invalid ? [] : [.. Enumerable.Range(0, 4).Select(i => new PairRecord(i, Level, Level - difference!.Value, "c", "t"))],
            ControlRecipe = Champion.ToYaml(),
            TreatmentRecipe = treatment.ToYaml(),
        });
        if (verdict == Verdict.Confirmed) Champion = treatment;
    }
}

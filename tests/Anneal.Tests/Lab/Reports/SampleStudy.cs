using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs.Evaluation;

namespace Anneal.Tests.Lab.Reports;

/// <summary>A finished study with one of everything: all verdicts, a crash, an effect far off the scale, incidents, hostile text.</summary>
internal static class SampleStudy
{
    public const string Hostile = "<script>alert('x')</script> | `rm` [a](https://evil.example/x.js) \u001b[31mred\u001b[0m \u202Eevil & \"quoted\"";

    private const string BaselineYaml = """
        model:
          layers: 4
          width: 96
          norm:
            kind: layernorm
          position:
            kind: learned
          mlp:
            kind: gelu
        optimizer:
          kind: adamw
          lr: 0.003
          betas: [0.9, 0.95]
        data:
          corpus: dotnet-docs
          batch_tokens: 2048
        budget:
          flops: 2.5e+11
        seed: 1

        """;

    public static StudyRecord Finished()
    {
        var random = new Random(7);
        var experiments = Experiments(random).ToList();
        var runs = Runs(random).ToList();
        return new StudyRecord
        {
            Spec = new StudySpec
            {
                Study = "first-study",
                Recipe = "gpt2-small.yaml",
                Budget = new StudyBudget { Flops = 3e13, Seconds = 360, Experiments = 14 },
                Acceptance = new AcceptanceSpec { MinEffect = 0.005, MaxPairs = 8 },
                Evaluation = new EvaluationSpec { Documents = 128, Window = 256, Stride = 128 },
            },
            Baseline = BaselineYaml,
            Champion = BaselineYaml.Replace("learned", "rope").Replace("gelu", "relu2").Replace("0.003", "0.0051"),
            Status = "done",
            NullPairs = Pairs(random, [-0.004, 0.0065, 0.0012, -0.0071], 2.412),
            NudgePairs = Pairs(random, [0.0011, -0.0018], 2.412),
            Experiments = experiments,
            Runs = runs,
            Incidents =
            [
                new("r-0031", 3, 41, "act", "stop", "divergence", "optimizer", "train loss rose from 4.91 to 8.22 within 6 steps"),
                new("r-0047", 7, 1, "act", "stop", "non-finite", "numerics", Hostile),
            ],
            Sealed = new SealedRecord("test/bpb", Pairs(random, [0.0911, 0.1043, 0.0968, 0.0872], 2.398), 0.09485, 0.0832, 0.1065),
            SealedOpenings = 1,
            FlopsSpent = runs.Sum(run => run.Flops),
            SecondsSpent = 318,
            Provenance = new Dictionary<string, string>
            {
                ["command"] = "anneal study run samples/first-study/study.yaml",
                ["machine"] = "2 cores, AVX-512, Linux x64",
                ["runtime"] = ".NET 10.0.12",
                ["corpus"] = "sha256:6f1c0d9e41a3b1a87755c02b7a5a4f5a90b1d1c6c6f2f0a9b2a1c3d4e5f60718",
                ["host"] = Hostile,
            },
        };
    }

    /// <summary>Started, nothing measured.</summary>
    public static StudyRecord Empty() => new()
    {
        Spec = new StudySpec { Study = "empty", Recipe = "recipe.yaml" },
        Baseline = BaselineYaml,
        Champion = BaselineYaml,
        Status = "interrupted",
    };

    private static IEnumerable<ExperimentRecord> Experiments(Random random)
    {
        yield return Of(1, "idea:rope", "Rotary positions beat a learned table at this length", "model.position.kind", "rope", (0.02, 0.01), Verdict.Confirmed, [0.031, 0.024, 0.029, 0.026, 0.033], (0.0182, 0.0390), (71, 40));
        yield return Of(2, "idea:swiglu", "A gated feed-forward uses its parameters better", "model.mlp.kind", "swiglu", (0.012, 0.01), Verdict.Inconclusive, [0.004, -0.006, 0.009, 0.002, -0.003, 0.006, 0.001, 0.004], (-0.0051, 0.0089), (0.7, 40));
        yield return Of(3, "search", "A higher peak rate uses the short budget", "optimizer.lr", "0.03", (0.01, 0.015), Verdict.Rejected, [], null, null, -1.31, [(0.25, -1.31, "stop")]);
        yield return Of(4, "idea:relu2", "Squared ReLU trains faster in small models", "model.mlp.kind", "relu2", (0.015, 0.008), Verdict.Confirmed, [0.041, 0.032, 0.038, 0.035], (0.0214, 0.0516), (133, 53.3));
        yield return Of(5, "search", "A little more rate than the champion's", "optimizer.lr", "0.0051", (0.012, 0.01), Verdict.Confirmed, [0.022, 0.035, 0.018, 0.029, 0.031, 0.024], (0.0149, 0.0381), (88, 80));
        yield return Of(6, "idea:qk-norm", "Normalised queries and keys allow a higher rate", "model.qk_norm", "true", (0.008, 0.006), Verdict.Suggestive, [0.008, 0.011, 0.004, 0.013, 0.009, 0.006, 0.012, 0.007], (0.0012, 0.0163), (21, 88));
        yield return Of(7, "idea:softcap", Hostile, "model.logit_softcap", Hostile, (0.001, 0.004), Verdict.Invalid, [], null, null, null, []);
        yield return Of(8, "search", "Fewer warmup steps", "schedule.warmup", "0.005", (0.003, 0.006), Verdict.Rejected, [], null, null, -0.021, [(0.25, -0.014, "next"), (0.5, -0.018, "stop")]);
        yield return Of(9, "idea:muon", "Orthogonalised momentum takes larger useful steps", "optimizer.kind", "muon", (0.03, 0.02), Verdict.Rejected, [-0.012, -0.018, -0.009], (-0.0402, 0.0142), (0.2, 96));
        yield return Of(10, "idea:untied", "An untied head has its own geometry", "model.tie_embeddings", "false", (0.002, 0.01), Verdict.Rejected, [], null, null, -0.062, [(0.25, -0.081, "stop")]);
        yield return Of(11, "combine", "Both suggestive changes together", "model.width", "112", (0.006, 0.007), null, [], null, null, null, [(0.25, 0.004, "next")]);

        ExperimentRecord Of(int id, string source, string hypothesis, string key, string value, (double Mean, double Sd) predicted, Verdict? verdict, double[] differences, (double, double)? interval, (double, double)? evidence, double? screened = null, (double Rung, double Effect, string Decision)[]? screens = null)
        {
            var rungs = screens ?? [(0.25, differences.Average() * 1.4, "next"), (0.5, differences.Average() * 1.2, "promote")];
            return new ExperimentRecord
            {
                Id = id,
                Identity = $"{id:x64}",
                Proposal = new Proposal { Source = source, Hypothesis = hypothesis, Mechanism = "Because the optimum of a short run lies elsewhere than that of a long one.", Refutation = "No gain over four pairs.", Change = new Dictionary<string, string> { [key] = value }, Predicted = new Prediction(predicted.Mean, predicted.Sd) },
                Status = verdict is null ? "running" : verdict is Verdict.Invalid ? "failed" : "done",
                Verdict = verdict,
                Reason = verdict switch { Verdict.Confirmed => "the e-value reached the bar", Verdict.Invalid => "both attempts at the first rung stopped at step 1: non-finite loss", null => null, _ => "pairs or hope ran out before the evidence decided" },
                Screens = [.. rungs.Select(rung => new ScreenRecord(rung.Rung, 2.6, 2.6 - rung.Effect, rung.Effect, 0.009, rung.Decision, "extrapolated along the champion's curve"))],
                Pairs = Pairs(random, differences, 2.41 - 0.02 * id),
                Effect = differences.Length > 0 ? differences.Average() : screened,
                Interval = interval,
                Evidence = evidence,
                Flops = (0.75 + 2 * differences.Length) * 2.5e11,
                Seconds = 4 * (0.75 + 2 * differences.Length),
                ControlRecipe = BaselineYaml,
                TreatmentRecipe = BaselineYaml,
            };
        }
    }

    private static List<PairRecord> Pairs(Random random, double[] differences, double level) =>
        [.. differences.Select((difference, i) => { var control = level + 0.01 * (random.NextDouble() - 0.5); return new PairRecord(i, control, control - difference, $"r-c{i:000}", $"r-t{i:000}"); })];

    private static IEnumerable<RunRecord> Runs(Random random)
    {
        foreach (var (role, count, loss, tokens) in new[] { (RunRole.Baseline, 4, 3.92, 190_000L), (RunRole.Null, 4, 3.92, 190_000L), (RunRole.Screen, 10, 4.1, 60_000L), (RunRole.Control, 30, 3.8, 190_000L), (RunRole.Treatment, 30, 3.7, 170_000L), (RunRole.SealedBaseline, 4, 3.9, 190_000L), (RunRole.SealedChampion, 4, 3.61, 164_000L) })
            for (var i = 0; i < count; i++)
            {
                var failed = role is RunRole.Screen && i is 3 or 7;
                var end = loss + 0.02 * random.NextDouble();
                yield return new RunRecord
                {
                    Id = $"r-{role.ToString().ToLowerInvariant()}-{i}",
                    Study = "first-study",
                    Experiment = role is RunRole.Screen or RunRole.Control or RunRole.Treatment ? 1 + i % 10 : null,
                    Role = role,
                    Pair = i,
                    Recipe = BaselineYaml,
                    RecipeHash = "0",
                    Seed = 100 + i,
                    Status = failed ? "failed" : "done",
                    Value = failed ? null : end / 1.63,
                    Steps = (int)(tokens / 2048),
                    Tokens = tokens,
                    Flops = 2.5e11 * tokens / 190_000.0,
                    Seconds = 4.1,
                    Parameters = 512_000,
                    Curve = [.. Enumerable.Range(1, 48).Select(k => new CurvePoint(tokens * k / 48, end + (6.9 - end) * Math.Exp(-6.0 * k / 48) + 0.03 * random.NextDouble()))],
                };
            }
    }
}

using System.Globalization;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// A run that says everything and in which nothing is wrong: a falling loss, a warmed-up rate that decays, moments that settle, blocks
/// every few steps, evaluations, pauses. A test alters the step that it is about.
/// </summary>
internal sealed class HealthyRun(int seed, int steps = 600)
{
    private readonly Random random = new(seed);

    /// <summary>Steps between block statistics.</summary>
    public int BlocksEvery { get; init; } = 10;

    /// <summary>Steps between evaluations.</summary>
    public int EvaluateEvery { get; init; } = 50;

    /// <summary>What the trainer calls its parts.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = ["embed", "block.0", "block.1", "block.2", "head"];

    /// <summary>Changes a step, numbers of its own included.</summary>
    public Func<StepMetrics, Dictionary<string, double>, StepMetrics> Alter { get; init; } = (metrics, _) => metrics;

    public IEnumerable<StepMetrics> Stream()
    {
        double time = 0, parameters = 40;
        for (var step = 1; step <= steps; step++)
        {
            var t = (double)step / steps;
            var rate = 3e-3 * Math.Min(1, step / 30.0) * (0.55 + (0.45 * Math.Cos(Math.PI * t)));
            var norm = (0.6 + (3 * Math.Exp(-25 * t))) * Math.Exp(0.2 * Normal());
            var update = rate * 90 * Math.Exp(0.04 * Normal());
            parameters += (0.15 * update) - (rate * 0.1 * parameters);
            var seconds = (step == 1 ? 8 : step % EvaluateEvery == 0 ? 1.5 : 0.2) * Math.Exp(0.02 * Normal());
            time += seconds;
            var loss = 2.2 + (4.5 / (1 + (12 * Math.Pow(t, 0.9))));
            var extra = new Dictionary<string, double>();
            if (step % BlocksEvery == 0) Describe(extra, t, norm);
            if (step % EvaluateEvery == 0) Evaluate(extra, loss);
            yield return Alter(
                new()
                {
                    Step = step,
                    Time = time,
                    Tokens = step * 4096L,
                    Loss = loss + (0.06 * Normal()),
                    LearningRate = rate,
                    GradNorm = norm,
                    UpdateNorm = update,
                    ParamNorm = parameters,
                    Clipped = norm > 1,
                    Nonfinite = false,
                    BatchHash = ((ulong)step * 0x9E3779B97F4A7C15UL).ToString("x16", CultureInfo.InvariantCulture),
                    RepeatFraction = 0,
                    TokenEntropy = 3.3 + (0.08 * Normal()),
                    StepSeconds = seconds,
                    TokensPerSecond = 4096 / seconds,
                    RssMb = 700 + (150 * (1 - Math.Exp(-step / 60.0))) + (2 * Normal()),
                    Extra = extra,
                },
                extra);
        }
    }

    private void Describe(Dictionary<string, double> extra, double t, double norm)
    {
        foreach (var block in Blocks)
        {
            extra[$"train/grad_norm/{block}"] = 0.4 * norm * Math.Exp(0.15 * Normal());
            extra[$"train/param_norm/{block}"] = 18 + t + (0.01 * Normal());
            extra[$"model/act_rms/{block}"] = 2 + t + (0.05 * Normal());
            extra[$"model/zero_fraction/{block}"] = 0.5 + (0.3 * t) + (0.01 * Normal());
        }
        extra["model/max_attn_logit"] = (4 + (10 * t)) * Math.Exp(0.1 * Normal());
    }

    private void Evaluate(Dictionary<string, double> extra, double loss)
    {
        extra["val/loss"] = loss + 0.1 + (0.01 * Normal());
        extra["val/loss/web"] = loss + (0.02 * Normal());
        extra["val/loss/code"] = loss - 0.3 + (0.02 * Normal());
        extra["val/probe_loss"] = loss + (0.02 * Normal());
        extra["sample/distinct_2"] = 0.6 + (0.04 * Normal());
        extra["sample/eos_rate"] = 0.25 + (0.05 * Normal());
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
